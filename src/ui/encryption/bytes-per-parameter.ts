// How many bytes a weight costs on the wire, for this model and cohort under each scheme, beside what
// others send. Only the reference values are constants, and each says where it comes from.
import { chooseParameters } from '../../core/encryption/parameters.ts';
import type { SchemeName, SchemeParameters } from '../../core/encryption/scheme.ts';

export interface WireCost {
  readonly label: string;
  /** Bytes of one update divided by its number of weights. */
  readonly bytesPerParameter: number;
  /** null: not one of this project's schemes. */
  readonly scheme: SchemeName | null;
}

const FLARE_RING_DEGREE = 8192; // NVIDIA FLARE's TenSEAL context: 8192, [60, 40, 40], one value a slot
const FLARE_DATA_PRIMES = 2; // the last of the three is the special prime and does not travel
const FLARE_HEADER_BYTES = 113; // of SEAL's serialised ciphertext, which TenSEAL sends as it is

const labels: Readonly<Record<Exclude<SchemeName, 'plaintext'>, string>> = {
  bgv: 'BGV, packed',
  ckks: 'CKKS, packed',
  notebook: 'Notebook (TenSEAL)',
};

/** From the fewest bytes to the most; schemes that do not fit this model are left out. */
export function wireCosts({ numParameters, maxContributors }: SchemeParameters): WireCost[] {
  const own = (['bgv', 'ckks', 'notebook'] as const).flatMap((scheme): WireCost[] => {
    try {
      const { updateBytes } = chooseParameters(scheme, numParameters, maxContributors);
      return [{ label: labels[scheme], bytesPerParameter: updateBytes / numParameters, scheme }];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
  const float32: WireCost = {
    label: 'float32, not encrypted',
    bytesPerParameter: Float32Array.BYTES_PER_ELEMENT,
    scheme: 'plaintext',
  };
  const flare: WireCost = {
    label: 'NVIDIA FLARE’s parameters',
    bytesPerParameter: flareBytes(numParameters) / numParameters,
    scheme: null,
  };
  return [float32, ...own, flare].sort((a, b) => a.bytesPerParameter - b.bytesPerParameter);
}

function flareBytes(numParameters: number): number {
  const numCiphertexts = Math.ceil(numParameters / (FLARE_RING_DEGREE / 2));
  return numCiphertexts * (FLARE_HEADER_BYTES + 16 * FLARE_RING_DEGREE * FLARE_DATA_PRIMES);
}

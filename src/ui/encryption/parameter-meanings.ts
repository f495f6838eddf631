// The numbers of an encryption scheme, each with what it means for somebody who is no cryptographer.
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import { sumBytes } from '../../core/encryption/wire-layout.ts';
import { formatBytes, formatCount, formatNumber } from '../format.ts';

export interface Meaning {
  readonly label: string;
  readonly value: string;
  readonly meaning: string;
}

/** Rows from what protects (security level) to what travels (bytes). */
export function parameterMeanings(parameters: SchemeParameters): readonly Meaning[] {
  return [
    ...protection(parameters),
    ...arithmetic(parameters),
    ...packing(parameters),
    {
      label: 'Update',
      value: formatBytes(parameters.updateBytes),
      meaning: `What a client sends each round, ${formatCount(parameters.updateBytes)} bytes exactly.`,
    },
    sumMeaning(parameters),
  ];
}

/** Whether a sum's bytes grow with its contributors depends on whether seeds travel. */
function sumMeaning(parameters: SchemeParameters): Meaning {
  const { maxContributors } = parameters;
  const bytes = sumBytes(parameters, maxContributors);
  const seedBytes = bytes - sumBytes(parameters, maxContributors - 1);
  const whose = `What the server sends back of ${maxContributors} updates, ${formatCount(bytes)} bytes exactly`;
  return {
    label: 'Sum',
    value: formatBytes(bytes),
    meaning:
      seedBytes === 0
        ? `${whose}.`
        : `${whose}: one update’s words, and ${formatCount(seedBytes)} bytes of seeds for each contributor.`,
  };
}

function protection(parameters: SchemeParameters): Meaning[] {
  if (parameters.keyKind === 'none') {
    return [{ label: 'Security level', value: 'none', meaning: 'Nothing is encrypted.' }];
  }
  return [
    {
      label: 'Security level',
      value: `${parameters.securityBits} bits`,
      meaning: `Breaking it is estimated at ${powerOfTwo(parameters.securityBits)} operations, by the Homomorphic Encryption Standard’s tables.`,
    },
    {
      label: 'Failure bound',
      value: failureText(parameters.failureBound),
      meaning: `Probability that a sum of ${parameters.maxContributors} updates opens to a wrong integer: ${parameters.marginText}.`,
    },
    {
      label: 'Encryption key',
      value: parameters.keyKind,
      meaning:
        parameters.keyKind === 'symmetric'
          ? 'The secret key also encrypts: half of a ciphertext is then a seed, and there is less noise.'
          : 'Anybody could encrypt with the public key; it costs twice the bytes and more noise.',
    },
  ];
}

function arithmetic(parameters: SchemeParameters): Meaning[] {
  if (parameters.ringDegree === 0) return [];
  const bits = parameters.coeffModulusBits;
  const rows: Meaning[] = [
    {
      label: 'Ring degree N',
      value: formatCount(parameters.ringDegree),
      meaning: 'Coefficients of a ciphertext’s polynomials; larger is safer and slower.',
    },
    {
      label: 'Coefficient modulus',
      value: `${bits.join(' + ')} bits`,
      meaning:
        bits.length === 1
          ? 'One prime is enough: updates are only added, never multiplied.'
          : 'A chain of primes, one for each multiplication that could follow; here none does.',
    },
  ];
  if (parameters.scaleBits !== null) {
    rows.push({
      label: 'Scale',
      value: powerOfTwo(parameters.scaleBits),
      meaning:
        'Lifts whole numbers above the noise of the encryption before they are rounded back.',
    });
  }
  if (parameters.plainModulusBits !== null) {
    rows.push({
      label: 'Plain modulus',
      value: `${parameters.plainModulusBits} bits`,
      meaning: 'Room for the packed whole numbers of one slot, summed over all clients.',
    });
  }
  return rows;
}

function packing(parameters: SchemeParameters): Meaning[] {
  const rows: Meaning[] = [
    {
      label: 'Levels',
      value: formatCount(parameters.levels),
      meaning: `Every change of a weight is rounded to one of these whole numbers, ${formatNumber(Math.log2(parameters.levels), 3)} bits.`,
    },
  ];
  if (parameters.ringDegree === 0) return rows;
  return [
    ...rows,
    {
      label: 'Weights per slot',
      value: formatCount(parameters.valuesPerSlot),
      meaning: `Packed as digits with room for the sum of ${parameters.maxContributors} clients.`,
    },
    {
      label: 'Ciphertexts',
      value: formatCount(parameters.numCiphertexts),
      meaning: `Of ${formatCount(parameters.numSlots)} slots each, for ${formatCount(parameters.numParameters)} weights.`,
    },
  ];
}

/** A bound of 0 is a proof, one below a float64's reach is not. */
function failureText(bound: number): string {
  if (bound === 0) return '0';
  if (bound < 1e-99) return 'below 10⁻⁹⁹';
  return formatNumber(bound, 2);
}

function powerOfTwo(exponent: number): string {
  return `2${Array.from(String(exponent), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

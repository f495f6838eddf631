// The simulated server's configuration: short deadlines, and parameters of a scheme that encrypts nothing.
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import type { CoordinatorConfig } from '../../core/federation/coordinator-types.ts';
import { DIMENSIONS, LEVELS, UPDATE_BYTES } from './workbench.ts';

export function simulatedConfig(restarts: number, startedAtMs: number): CoordinatorConfig {
  return {
    serverId: `server-${restarts}`,
    startedAtMs,
    gatherMs: 500,
    prepareMs: 1500,
    keysMs: 600,
    stallMs: 3000,
    chooseParameters: simulatedParameters,
  };
}

function simulatedParameters(
  name: SchemeParameters['name'],
  numParameters: number,
  maxContributors: number,
): SchemeParameters {
  const isPlain = name === 'plaintext';
  return {
    name,
    numParameters,
    maxContributors,
    levels: LEVELS,
    valuesPerSlot: 1,
    numSlots: DIMENSIONS,
    numCiphertexts: 1,
    ringDegree: isPlain ? 0 : 4096,
    coeffModulusBits: isPlain ? [] : [60],
    scaleBits: null,
    plainModulusBits: null,
    securityBits: 0,
    keyKind: isPlain ? 'none' : 'symmetric',
    updateBytes: UPDATE_BYTES,
    failureBound: 0,
    marginText: '',
  };
}

// The summer of a scheme. Two are enough: what is encrypted is added modulo primes, plaintext is not.
import { createModularSummer } from './modular-summer.ts';
import { createPlaintextSummer } from './plaintext-scheme.ts';
import type { SchemeParameters, Summer } from './scheme.ts';

/** An empty sum of updates of these parameters. */
export function createSummer(parameters: SchemeParameters): Summer {
  return parameters.name === 'plaintext'
    ? createPlaintextSummer(parameters)
    : createModularSummer(parameters);
}

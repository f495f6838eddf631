// What a client can do with each of the four schemes, behind the core's interface.
import { createPlaintextScheme } from '../core/encryption/plaintext-scheme.ts';
import type { ClientScheme, SchemeParameters } from '../core/encryption/scheme.ts';
import { contextFor } from './context.ts';
import { generateSecretKey, openSecretKey } from './decryptor.ts';
import { createEncryptor } from './encryptor.ts';
import { acquireEngine } from './engine.ts';

/**
 * Loads the engine (once a worker) and checks that SEAL takes the parameters. The scheme itself owns
 * no WASM memory; the two halves that `open` returns do, until each is disposed of. After a
 * SchemeError `engine-broken` make a new scheme and open the keys again.
 */
export async function createClientScheme(parameters: SchemeParameters): Promise<ClientScheme> {
  if (parameters.name === 'plaintext') return createPlaintextScheme(parameters);
  const context = contextFor(await acquireEngine(), parameters);
  return {
    parameters,
    generateKeys: () => generateSecretKey(context),
    open(keys) {
      const { sealEncryptor, decryptor } = openSecretKey(context, keys);
      return { encryptor: createEncryptor(context, sealEncryptor), decryptor };
    },
  };
}

// Who holds which key, and who could read what: the facts of DESIGN's keys for shared keys, as data.
// `partly` is for what a party can read under a condition that its reason names.
import type { SchemeName } from '../../core/encryption/scheme.ts';

export type Reading = 'yes' | 'no' | 'partly';

export interface Reader {
  readonly who: string;
  /** Another client's update, the sum of a round, the global model. */
  readonly update: Reading;
  readonly sum: Reading;
  readonly model: Reading;
  /** Why, in a sentence or two. */
  readonly because: string;
}

export interface HeldKey {
  readonly name: string;
  readonly purpose: string;
  readonly clients: string;
  readonly server: string;
}

const SUBTRACTION =
  'With two contributors, though, the sum minus its own part is the other’s update.';

const encryptedReaders: readonly Reader[] = [
  {
    who: 'The server alone',
    update: 'no',
    sum: 'no',
    model: 'no',
    because:
      'It holds no secret key: it adds ciphertexts and stores keys and weights as sealed bytes. The untrained model of round 0 is no secret, it follows from the seed.',
  },
  {
    who: 'One client alone',
    update: 'partly',
    sum: 'yes',
    model: 'yes',
    because: `It holds the secret key, but no other client’s update is sent to it, only the sum. ${SUBTRACTION}`,
  },
  {
    who: 'The server and any one client',
    update: 'yes',
    sum: 'yes',
    model: 'yes',
    because:
      'One brings the ciphertexts, the other the secret key. This is the limit of keys that all clients share.',
  },
  {
    who: 'An eavesdropper',
    update: 'no',
    sum: 'no',
    model: 'no',
    because:
      'Who copies every message has ciphertexts and sealed keys. With the invite link as well, it opens the sealed keys and can read all of it.',
  },
];

const plaintextReaders: readonly Reader[] = [
  {
    who: 'The server alone',
    update: 'yes',
    sum: 'yes',
    model: 'yes',
    because:
      'Updates arrive as plain whole numbers. Added to the initial weights, which follow from the seed, they give the model.',
  },
  {
    who: 'One client alone',
    update: 'partly',
    sum: 'yes',
    model: 'yes',
    because: `No other client’s update is sent to it, only the sum. ${SUBTRACTION}`,
  },
  {
    who: 'The server and any one client',
    update: 'yes',
    sum: 'yes',
    model: 'yes',
    because: 'The server needs no help: it reads everything by itself.',
  },
  {
    who: 'An eavesdropper',
    update: 'yes',
    sum: 'yes',
    model: 'yes',
    because: 'Every message carries its numbers in the clear.',
  },
];

export function readersOf(name: SchemeName): readonly Reader[] {
  return name === 'plaintext' ? plaintextReaders : encryptedReaders;
}

const federationSecret: HeldKey = {
  name: 'The federation’s secret',
  purpose: '256 random bits, made by the first tab; seals keys and weights',
  clients: 'held, in localStorage and in the invite link’s fragment',
  server: 'never: it has no localStorage, and a fragment is not sent to a server',
};

/** The keys that play a part under a scheme, the most secret first. */
export function keysOf(name: SchemeName): readonly HeldKey[] {
  if (name === 'plaintext') return [federationSecret];
  const secretKey: HeldKey = {
    name: 'The secret key',
    purpose: 'opens sums; made by the first client of a key epoch',
    clients: 'held by every client, in its training worker’s memory',
    server: 'sealed bytes only, passed on to the other clients',
  };
  if (name !== 'notebook') {
    return [federationSecret, { ...secretKey, purpose: `encrypts and ${secretKey.purpose}` }];
  }
  const publicKey: HeldKey = {
    name: 'The public key',
    purpose: 'encrypts; cannot open anything',
    clients: 'held by every client',
    server: 'in the same sealed bytes; it would not help',
  };
  return [federationSecret, secretKey, publicKey];
}

// Nothing secret reaches the server. Its messages and its storage are recorded during a run, the
// clients' sealed things and raw keys beside them, and none of these is found in those. Two
// controls show that the search would find a leak.
import { createFederation, expect, test } from './fixtures.ts';
import { findLeaks, incompressibility } from './recording/find-leaks.ts';
import { handOverClients, handOverServer, serveRecordedApp } from './recording/recorded-app.ts';
import { leak, recordClient, recordServer } from './recording/recorders.ts';
import { smallRun } from './small-run.ts';

const NUM_CLIENTS = 2;
const config = smallRun({ clients: NUM_CLIENTS, rounds: 2, localBatches: 10 });
/** Between ciphertext (its words' top bits are the only ones to compress) and quantised deltas. */
const CIPHERTEXT_INCOMPRESSIBILITY = 0.9;

test('neither key, update nor weight reaches the server', async ({ context }) => {
  const { record, secrets, view, localStorage } = await recordRun(context, {});
  const numParameters = view.run!.encryption.numParameters;
  // Coverage: keys and weights were sealed, updates arrived, something was stored.
  expect(secrets.some(({ byteLength }) => byteLength >= 4 * numParameters)).toBe(true);
  expect(secrets.some(({ byteLength }) => byteLength === 32)).toBe(true);
  const updates = record.bytes.filter(
    ({ byteLength }) => byteLength === view.run!.encryption.updateBytes,
  );
  expect(updates.length).toBeGreaterThanOrEqual(NUM_CLIENTS * config.rounds!);

  expect(findLeaks(secrets, record)).toEqual([]);
  for (const update of updates) {
    expect(incompressibility(update)).toBeGreaterThan(CIPHERTEXT_INCOMPRESSIBILITY);
  }
  expect(record.longestNumberArray).toBeLessThanOrEqual(100); // a confusion matrix
  const kept = localStorage.filter((text) => text.length >= 40); // 256 bits in any encoding
  expect(kept.length).toBeGreaterThan(0);
  for (const text of kept) {
    expect(record.strings.filter((string) => string.includes(text))).toEqual([]);
  }
});

test('control: a client that leaks what it seals is found out', async ({ context }) => {
  const { record, secrets } = await recordRun(context, { leaking: true });
  expect(findLeaks(secrets, record)).not.toEqual([]);
});

test('control: plaintext updates look different', async ({ context }) => {
  const { record, view } = await recordRun(context, { encryption: 'plaintext' });
  const { updateBytes } = view.run!.encryption;
  const updates = record.bytes.filter(({ byteLength }) => byteLength === updateBytes);
  expect(updates.length).toBeGreaterThanOrEqual(NUM_CLIENTS);
  for (const update of updates) {
    expect(incompressibility(update)).toBeLessThan(CIPHERTEXT_INCOMPRESSIBILITY);
  }
});

async function recordRun(
  context: Parameters<typeof createFederation>[0],
  {
    leaking = false,
    encryption = 'ckks',
  }: { leaking?: boolean; encryption?: 'ckks' | 'plaintext' },
) {
  const app = await serveRecordedApp({
    server: [recordServer],
    client: leaking ? [recordClient, leak] : [recordClient],
  });
  try {
    const federation = createFederation(context, app.url);
    const dashboard = await federation.openDashboard({ ...config, encryption });
    await federation.openClients(dashboard, NUM_CLIENTS);
    await federation.start(dashboard);
    const view = await federation.waitForEnd(dashboard);
    return {
      view,
      record: await handOverServer(dashboard),
      secrets: (await handOverClients<Uint8Array>(dashboard, NUM_CLIENTS)).flat(),
      localStorage: await dashboard.evaluate<string[]>('Object.values(localStorage)'),
    };
  } finally {
    await app.close();
  }
}

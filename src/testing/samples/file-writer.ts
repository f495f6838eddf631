// A process of its own that writes a folder until it is killed: `tsx file-writer.ts <folder>`. After each
// change that is durable it prints the change's number.
import { openFileStorage } from '../../server/node/file-storage.ts';
import { storedRun } from './stored-run.ts';

const storage = await openFileStorage(process.argv[2]!);
for (let attempt = 1; ; attempt++) {
  const sealedWeights = new Uint8Array(200_000).fill(attempt % 256);
  const run = storedRun('run', { attempt });
  await storage.apply({ type: 'save-run', run, sealedWeights, sealedKeys: null });
  process.stdout.write(`${attempt}\n`);
}

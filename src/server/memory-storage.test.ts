// Memory outlives the servers that use it: a place's storage is the same one each time.
import { describeStorage } from '../testing/conformance/storage-conformance.ts';
import { createMemoryStorage } from './memory-storage.ts';

describeStorage('storage in memory', async () => {
  const storage = createMemoryStorage();
  return { open: async () => storage, remove: async () => {} };
});

// The inspector: entry of the dedicated worker in which a page opens sealed weights and looks at the
// model. It talks to its page alone. Data and SEAL are loaded when first asked for.
import type { InspectorAnswer } from '../core/protocol/inspector-messages.ts';
import { openDataset } from '../data/static-dataset.ts';
import { createInspectorDesk } from './inspector-desk.ts';
import { importFederationSecret, open } from './sealing.ts';

declare const self: DedicatedWorkerGlobalScope;

const handle = createInspectorDesk(
  {
    async openWeights(secretBytes, sealed, runId, round) {
      const secret = await importFederationSecret(secretBytes);
      const bytes = await open(secret, 'weights', { runId, index: round }, sealed);
      return new Float32Array(bytes.buffer);
    },
    loadTestExamples: async (dataUrl) => (await openDataset(dataUrl)).loadExamples('test'),
    demonstrate: async (first, second) => {
      const { demonstrateSum } = await import('../ckks/demonstration.ts');
      return demonstrateSum(first, second);
    },
    pause: () => new Promise((resolve) => setTimeout(resolve)),
  },
  (answer: InspectorAnswer) => self.postMessage(answer),
);

self.onmessage = ({ data }) => void handle(data);

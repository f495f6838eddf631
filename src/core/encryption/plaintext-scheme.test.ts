import { schemeConformance } from '../../testing/conformance/scheme-conformance.ts';
import { createPlaintextScheme } from './plaintext-scheme.ts';

schemeConformance({
  name: 'plaintext',
  createClientScheme: async (parameters) => createPlaintextScheme(parameters),
});

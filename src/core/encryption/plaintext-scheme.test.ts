import { schemeConformance } from '../../testing/conformance/scheme-conformance.ts';
import { createPlaintextScheme, createPlaintextSummer } from './plaintext-scheme.ts';

schemeConformance({
  name: 'plaintext',
  createClientScheme: async (parameters) => createPlaintextScheme(parameters),
  createSummer: async (parameters) => createPlaintextSummer(parameters),
});

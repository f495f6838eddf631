// All four schemes through the doors that client and server use.
import { schemeConformance } from '../testing/conformance/scheme-conformance.ts';
import { createClientScheme } from './client-scheme.ts';

for (const name of ['ckks', 'bgv', 'notebook', 'plaintext'] as const) {
  schemeConformance({ name, createClientScheme });
}

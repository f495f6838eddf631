// Every scheme through the doors that client and server use.
import { schemeNames } from '../core/encryption/scheme.ts';
import { schemeConformance } from '../testing/conformance/scheme-conformance.ts';
import { createClientScheme } from './client-scheme.ts';

for (const name of schemeNames) {
  schemeConformance({ name, createClientScheme });
}

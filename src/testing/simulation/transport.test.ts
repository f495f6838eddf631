// The conformance suite over the simulated transport, with vitest's fake time and delays drawn at random.
import { afterEach, beforeEach, vi } from 'vitest';
import { createRandom } from '../../core/math/random.ts';
import { describeTransport } from '../conformance/transport-conformance.ts';
import { createSimulatedTransport } from './transport.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describeTransport('in the simulation', () => {
  const random = createRandom(1, 'transport');
  const transport = createSimulatedTransport({
    now: () => Date.now(),
    later: (delayMs, act) => setTimeout(act, delayMs),
    delayMs: () => 1 + random.below(25),
  });
  return { ...transport, settle: () => vi.runAllTimersAsync().then(() => undefined) };
});

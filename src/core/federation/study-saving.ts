// The study made durable: with every save it takes the place of the one before.
import { persistentStudy, type StudyState } from './study-state.ts';
import type { CoordinatorState, Stepped } from './table.ts';

/** The study as the state's; `drops`: runs whose sealed bytes nobody needs any more. */
export function saved(
  state: CoordinatorState,
  study: StudyState,
  drops: { readonly weightsOf: readonly string[]; readonly keysOf: readonly string[] } = {
    weightsOf: [],
    keysOf: [],
  },
): Stepped {
  const ticket = state.nextTicket;
  const change = { type: 'save-study', study: persistentStudy(study), drops } as const;
  return [{ ...state, study, nextTicket: ticket + 1 }, [{ type: 'persist', ticket, change }]];
}

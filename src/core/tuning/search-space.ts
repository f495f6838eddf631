// The space that joint sampling can model: parameters that every finished trial has, with one and the
// same distribution.
import { areEqual, isSingle, type SearchSpace } from './distribution.ts';
import type { Trial } from './trial.ts';

/**
 * (name, distribution) pairs equal in all complete and pruned trials (with `completeOnly`: in all
 * complete ones), sorted by name. Parameters with a single value are left out unless `keepSingle`.
 */
export function intersectionSpace(
  trials: readonly Trial[],
  options: { readonly completeOnly?: boolean; readonly keepSingle?: boolean } = {},
): SearchSpace {
  const counted = trials.filter(
    ({ state }) => state === 'complete' || (state === 'pruned' && options.completeOnly !== true),
  );
  const [first, ...rest] = counted;
  if (first === undefined) return {};
  const common = Object.entries(first.distributions).filter(
    ([name, distribution]) =>
      (options.keepSingle === true || !isSingle(distribution)) &&
      rest.every((trial) => {
        const other = trial.distributions[name];
        return other !== undefined && (other === distribution || areEqual(other, distribution));
      }),
  );
  return Object.fromEntries(common.sort(([a], [b]) => (a < b ? -1 : 1)));
}

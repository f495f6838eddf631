// The axes of all parameters; an axis keeps its identity while a live update leaves it as it is, so that
// plots over it are not drawn again.
import { useMemo, useState } from 'react';
import type { SearchSpace } from '../../../core/tuning/distribution.ts';
import type { Trial } from '../../../core/tuning/trial.ts';
import { paramAxis, paramNames, type ParamAxis } from './param-axis.ts';
import { useKept } from '../use-kept.ts';

export function useParamAxes(
  trials: readonly Trial[],
  searchSpace: SearchSpace,
): readonly ParamAxis[] {
  const [known] = useState(() => new Map<string, ParamAxis>());
  const axes = useMemo(
    () =>
      paramNames(trials, searchSpace).flatMap((name) => {
        const axis = paramAxis(name, trials, searchSpace);
        if (axis === null) return [];
        const { domain, scale, whole, choices } = axis;
        const key = JSON.stringify([name, domain, scale, whole, choices]);
        const before = known.get(key) ?? axis;
        known.set(key, before);
        return [before];
      }),
    [trials, searchSpace, known],
  );
  return useKept(axes);
}

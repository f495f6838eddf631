// A study's save that failed is tried again after a while, with all that it was to drop, even where
// nothing else will ever happen to the study; a save that another one has overtaken is not.
import { expect, it } from 'vitest';
import { createCoordinator, stepCoordinator } from '../coordinator.ts';
import type {
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from '../coordinator-types.ts';
import type { Untimed } from '../untimed.ts';
import { chooseParameters } from '../../encryption/parameters.ts';
import { smallStudy } from '../../../testing/samples/small-study.ts';

const config: CoordinatorConfig = {
  serverId: 'server',
  startedAtMs: 0,
  gatherMs: 1,
  prepareMs: 1,
  keysMs: 1,
  stallMs: 1,
  chooseParameters,
};

/** A study that was stopped before anybody joined: nothing more happens to it by itself. */
function setUpStudy() {
  let [state] = createCoordinator(config, null);
  let effects: readonly CoordinatorEffect[] = [];
  const happen = (event: Untimed<CoordinatorEvent>): readonly CoordinatorEffect[] => {
    [state, effects] = stepCoordinator(config, state, { ...event, atMs: 1 });
    return effects;
  };
  const said = { type: 'dashboard-said', connection: 'page', freshRunId: 'study' } as const;
  happen({ ...said, message: { type: 'start-study', requestId: 1, setup: smallStudy({}) } });
  const { studyId } = state.study!;
  happen({ ...said, message: { type: 'stop-study', requestId: 2, studyId } });
  return { effects, studyId, happen };
}

const savesOf = (effects: readonly CoordinatorEffect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'persist' && effect.change.type === 'save-study' ? [effect] : [],
  );

it('is saved again when the timer fires', () => {
  const study = setUpStudy();
  const [lost] = savesOf(study.effects).slice(-1);
  const afterFailure = study.happen({
    type: 'persist-failed',
    ticket: lost!.ticket,
    detail: 'full',
  });
  const timer = afterFailure.find(({ type }) => type === 'set-timer');
  expect(timer).toMatchObject({ timer: 'save', delayMs: 5000 });
  const key = { runId: study.studyId, round: 0, attempt: 0 };
  const [again] = savesOf(study.happen({ type: 'timer-fired', timer: 'save', key }));
  expect(again!.ticket).not.toBe(lost!.ticket);
  expect(again!.change).toEqual(lost!.change);
});

it('is left alone when a later save stands for it', () => {
  const study = setUpStudy();
  const [lost] = savesOf(study.effects).slice(-1);
  const effects = study.happen({
    type: 'persist-failed',
    ticket: lost!.ticket - 1,
    detail: 'full',
  });
  expect(effects.filter(({ type }) => type === 'set-timer')).toEqual([]);
});

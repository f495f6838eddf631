// What must be true of a study at its end, whatever went wrong on the way: the durable study is checked
// against its durable runs and by rules that share nothing with the study machine.
import type { RoundRecord } from '../../core/protocol/view.ts';
import { ask, createStudy, tell } from '../../core/tuning/study.ts';
import { examplesPerCorrect } from './workbench.ts';
import type { SimulatedEnd } from './federation.ts';
import type { SimulationPlan } from './world.ts';
import type { RestoredRun } from '../../core/federation/persistence.ts';

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`invariant broken: ${otherwise}`);
}

/** Throws where something is not true that must be of a finished study and its runs. */
export function checkStudy(plan: SimulationPlan, { study: stored, runs }: SimulatedEnd): void {
  const { study, runIds, test } = stored!;
  const { trials, config } = study;
  const rounds = plan.run.rounds!;
  demand(stored!.stage.phase === 'finished', 'the study did not finish');
  demand(trials.length === config.numTrials, 'another number of trials');
  demand(mostAtATime(trials) <= (plan.parallelTrials ?? 1), 'too many trials at a time');
  for (const trial of trials) {
    const stored = runs.get(runIds[trial.number]!);
    demand(stored !== undefined, 'a trial without a run');
    const { run } = stored!;
    demand(run.trialOf?.number === trial.number, 'the run of another trial');
    demand(run.config.units === trial.params['units'], 'a run with other parameters');
    const reports = trial.intermediateValues.map(({ step, value }) => `${step}:${value}`);
    const committed = run.history
      .slice(1)
      .map((record) => `${record.round}:${record.validationAccuracy}`);
    demand(reports.join() === committed.join(), 'reports are not the committed rounds');
    const last = run.history.at(-1);
    if (trial.state === 'complete') {
      demand(last!.round === rounds && trial.value === last!.validationAccuracy, 'a wrong value');
      demand(stored!.sealedWeights !== null, 'the weights of a complete trial are gone');
    } else if (trial.state === 'pruned') {
      demand(last!.round < rounds && last!.round >= 2, 'pruned too early or too late');
      demand(wasBelowMedian(trials, trial, last!), 'pruned in vain');
    } else {
      demand(trial.state === 'failed', `a trial is ${trial.state}`);
      demand(typeof trial.userAttrs['failReason'] === 'string', 'failed without a reason');
    }
    demand(trial.completedAtMs! >= trial.startedAtMs!, 'a trial ended before it began');
  }
  checkSampling(plan, stored!.study);
  checkTest(trials, runIds, test, runs);
}

type Trials = NonNullable<SimulatedEnd['study']>['study']['trials'];

/** Trials that ran at the same time, at most. */
function mostAtATime(trials: Trials): number {
  return Math.max(
    ...trials.map(
      ({ startedAtMs: atMs }) =>
        trials.filter(
          ({ startedAtMs, completedAtMs }) => startedAtMs! <= atMs! && completedAtMs! > atMs!,
        ).length,
    ),
  );
}

/**
 * The definition of the median rule. It was applied between the last round's evaluation and the trial's
 * end; other trials may have completed in between.
 */
function wasBelowMedian(
  trials: Trials,
  trial: Trials[number],
  { round, committedAtMs }: RoundRecord,
): boolean {
  const complete = trials
    .filter(({ state, completedAtMs }) => {
      return state === 'complete' && completedAtMs! <= trial.completedAtMs!;
    })
    .sort((a, b) => a.completedAtMs! - b.completedAtMs!);
  const numBefore = complete.filter(({ completedAtMs }) => completedAtMs! < committedAtMs).length;
  const best = Math.max(...trial.intermediateValues.map(({ value }) => value));
  for (let known = Math.max(1, numBefore); known <= complete.length; known++) {
    if (best < medianAt(complete.slice(0, known), round)) return true;
  }
  return false;
}

function medianAt(trials: Trials, step: number): number {
  const values = trials
    .map(({ intermediateValues }) => intermediateValues[step - 1]!.value)
    .sort((a, b) => a - b);
  const middle = (values.length - 1) / 2;
  return (values[Math.floor(middle)]! + values[Math.ceil(middle)]!) / 2;
}

/** The first trials are drawn at random from seed and number alone, whatever happened in between. */
function checkSampling(
  plan: SimulationPlan,
  { trials }: NonNullable<SimulatedEnd['study']>['study'],
) {
  let study = createStudy(plan.study!);
  for (const trial of trials.slice(0, 3)) {
    const asked = ask(study, 0);
    demand(asked.trial.params['units'] === trial.params['units'], 'a restart changed a draw');
    study = tell(asked.study, trial.number, { atMs: 1, state: 'failed' });
  }
}

function checkTest(
  trials: Trials,
  runIds: readonly (string | null)[],
  test: NonNullable<SimulatedEnd['study']>['test'],
  runs: ReadonlyMap<string, RestoredRun>,
): void {
  const complete = trials.filter(({ state }) => state === 'complete');
  const highest = Math.max(...complete.map(({ value }) => value!));
  const best = complete.find(({ value }) => value === highest);
  demand((test === null) === (best === undefined), 'no test of the best trial, or of nothing');
  if (best === undefined || test === null) return;
  demand(test.number === best.number, 'another trial was tested');
  const tested = [...runs.values()].filter(({ run }) => run.test !== null);
  demand(
    tested.length === 1 && tested[0]!.run.runId === runIds[best.number],
    'test images were used for another trial than the best',
  );
  const numCorrect = Math.ceil(10000 / examplesPerCorrect(tested[0]!.run.config.units));
  demand(Math.abs(test.result.accuracy - numCorrect / 10000) < 1e-12, 'a wrong test accuracy');
}

// What stays in sight while the page scrolls: the best value with its parameters, how far the study is,
// and the buttons that steer it.
import { noteSentence } from '../../words.ts';
import { useActions } from '../actions.ts';
import { useDashboard } from '../dashboard-store.ts';
import { usePage } from '../page-state.ts';
import { formatDuration, formatPercent } from '../format.ts';
import { ProgressBar } from '../shell/progress-bar.tsx';
import { plural } from '../words.ts';
import type { StudyView } from '../../core/protocol/view.ts';
import { openTrial, useStudyPage } from './study-page-state.ts';
import {
  decideStudy,
  isStudyOver,
  numFinished,
  shareOfTrials,
  studyPhaseWords,
  type StudyDecision,
} from './study-words.ts';
import { StartStudy } from './setup/start-study.tsx';
import { formatParam, paramLabel, valueFormat } from './trial-look.ts';

export function StudyBar() {
  const study = useDashboard(({ view }) => view?.study ?? null);
  return (
    <section className="panel study-bar" aria-label="Study">
      <Best study={study} />
      {study === null ? null : <Progress study={study} />}
      <Controls study={study} />
    </section>
  );
}

function Best({ study }: { readonly study: StudyView | null }) {
  const best = study?.best ?? null;
  if (study === null || best === null) {
    return (
      <div className="study-best">
        <p className="study-best-value soft">–</p>
        <p className="small soft">
          {study === null
            ? 'No study yet. The best value and its parameters stay here.'
            : 'Best value: none yet, the first trial has to end.'}
        </p>
      </div>
    );
  }
  const format = valueFormat(study.setup.study.metricName);
  return (
    <div className="study-best">
      <p
        className="study-best-value"
        title={`Best ${study.setup.study.metricName} of a complete trial`}
      >
        {format(best.value)}
      </p>
      <div>
        <p className="small">
          <span className="soft">best {study.setup.study.metricName}, </span>
          <button type="button" className="link-button" onClick={() => openTrial(best.number)}>
            Trial {best.number}
          </button>
          {best.test === null ? null : (
            <span> · {formatPercent(best.test.accuracy)} of the test images</span>
          )}
        </p>
        <dl className="study-best-params">
          {Object.entries(best.params).map(([name, value]) => (
            <div key={name}>
              <dt>{paramLabel(name)}</dt>
              <dd>{formatParam(value)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}

function Progress({ study }: { readonly study: StudyView }) {
  const { numTrials } = study.setup.study;
  const { counts } = study;
  const share = shareOfTrials(study);
  const words = `${numFinished(study)} of ${plural(numTrials, 'trial')} over`;
  const whole = Math.max(numTrials, numFinished(study));
  return (
    <div className="study-progress">
      <ProgressBar
        label="Progress of the study"
        words={words}
        parts={[
          ...(['complete', 'pruned', 'failed'] as const).map((state) => ({
            share: counts[state] / whole,
            colour: `var(--state-${state})`,
          })),
          {
            share: Math.max(0, share - numFinished(study) / whole),
            colour: 'var(--state-running)',
          },
        ]}
      />
      <p className="small soft progress-words">
        <span>{words}</span>
        <span role="status">
          {study.phase !== 'running'
            ? studyPhaseWords[study.phase]
            : study.timeLeftMs === null
              ? 'time left is known after the first trial'
              : `${formatDuration(study.timeLeftMs)} left`}
        </span>
      </p>
      <ul className="study-running">
        {study.running.map(({ number, round }) => (
          <li key={number}>
            <button type="button" className="chip" onClick={() => openTrial(number)}>
              Trial {number}: round {round} of {study.setup.base.rounds}
            </button>
          </li>
        ))}
      </ul>
      {study.note === null ? null : (
        <p className="note note-warning small">{noteSentence(study.note)}</p>
      )}
    </div>
  );
}

function Controls({ study }: { readonly study: StudyView | null }) {
  const actions = useActions();
  const texts = useStudyPage((state) => state.texts);
  const runTexts = usePage((state) => state.texts);
  const label = useDashboard(({ view }) => decideStudy(view, texts, runTexts).label);
  const does = useDashboard(({ view }) => decideStudy(view, texts, runTexts).does);
  const because = useDashboard(({ view }) => reason(decideStudy(view, texts, runTexts)));
  const isOver = study === null || isStudyOver(study.phase);
  const left = study === null ? 0 : study.setup.study.numTrials - numFinished(study);
  return (
    <div className="study-controls">
      <div className="button-row">
        {does === 'pause' || does === 'continue' ? (
          <button
            type="button"
            className="button button-primary"
            onClick={() =>
              void (does === 'pause' ? actions.pauseStudy() : actions.continueStudy(null))
            }
          >
            {label}
          </button>
        ) : (
          <StartStudy label={label} disabled={does === 'nothing'} isSecond={isOver && left > 0} />
        )}
        {study !== null && !isOver ? (
          <button type="button" className="button" onClick={() => void actions.stopStudy()}>
            Stop
          </button>
        ) : null}
        {study !== null && isOver ? (
          <button
            type="button"
            className={left > 0 ? 'button button-primary' : 'button'}
            title={
              left > 0
                ? 'Goes on with the trials that are left.'
                : 'Goes on from these trials with as many more.'
            }
            onClick={() =>
              void actions.continueStudy(
                left > 0 ? null : numFinished(study) + Math.max(5, study.setup.study.numTrials),
              )
            }
          >
            {left > 0
              ? `Continue, ${plural(left, 'trial')} left`
              : `Continue with ${Math.max(5, study.setup.study.numTrials)} more`}
          </button>
        ) : null}
      </div>
      {because === null ? null : <p className="small soft">{because}</p>}
    </div>
  );
}

function reason(decision: StudyDecision): string | null {
  return decision.does === 'nothing' ? decision.because : null;
}

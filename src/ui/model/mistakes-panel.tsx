// Test images that the model gets wrong, the surest first: where it is confidently mistaken is where
// it, or the label, is worth a look.
import { useState } from 'react';
import type { TestInspection } from '../../core/protocol/inspector-messages.ts';
import { formatCount, formatPercent } from '../format.ts';
import { DigitPicture } from './digit-picture.tsx';
import type { Inspection } from './use-inspection.ts';

/** What is shown before one asks for the rest: about three rows on a laptop. */
const NUM_AT_FIRST = 24;

interface MistakesPanelProps {
  readonly inspection: Inspection;
  readonly canInspect: boolean;
  /** The round of the loaded model, to say when the mistakes are an older model's. */
  readonly round: number | null;
  readonly onInspect: () => void;
  readonly onChoose: (pixels: Uint8Array) => void;
}

export function MistakesPanel(props: MistakesPanelProps) {
  const { inspection, canInspect, round, onInspect, onChoose } = props;
  const { result, fraction, problem } = inspection;
  return (
    <section className="panel mistakes" aria-labelledby="mistakes-title">
      <div className="panel-head">
        <h2 id="mistakes-title">Examples it gets wrong</h2>
        {fraction !== null ? (
          <progress
            className="inspection-progress"
            value={fraction}
            max={1}
            aria-label="Test images gone through"
          />
        ) : (
          <button type="button" className="button" disabled={!canInspect} onClick={onInspect}>
            {result === null ? 'Go through the 10,000 test images' : 'Go through them again'}
          </button>
        )}
      </div>
      {problem === null ? null : (
        <p className="note note-error" role="alert">
          {problem}
        </p>
      )}
      {result === null ? (
        <p className="soft">
          The images appear here with what they are, what the model takes them for and how sure it
          is. They are read by this tab’s worker only; the run itself uses the test images once, at
          its end.
        </p>
      ) : (
        <Mistakes result={result} round={round} onChoose={onChoose} />
      )}
    </section>
  );
}

function Mistakes(props: {
  readonly result: TestInspection;
  readonly round: number | null;
  readonly onChoose: (pixels: Uint8Array) => void;
}) {
  const { result, round, onChoose } = props;
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? result.mistakes : result.mistakes.slice(0, NUM_AT_FIRST);
  const numWrong = result.numExamples - result.numCorrect;
  return (
    <>
      <p className="soft">
        {numWrong === 0
          ? 'The model gets every test image right.'
          : `${formatCount(numWrong)} of ${formatCount(result.numExamples)} wrong after round ${result.round}${
              result.mistakes.length < numWrong
                ? `; the ${result.mistakes.length} that it is surest of`
                : ''
            }. Choose one to put it on the sheet.`}
        {round !== null && round !== result.round ? ' There is a newer model by now.' : ''}
      </p>
      <ul className="mistake-grid">
        {shown.map((mistake) => (
          <li key={mistake.index}>
            <button
              type="button"
              className="mistake"
              onClick={() => onChoose(mistake.pixels)}
              aria-label={`Test image ${mistake.index}: a ${mistake.label}, read as ${mistake.predicted}, ${formatPercent(mistake.confidence)} sure`}
            >
              <DigitPicture pixels={mistake.pixels} label={null} />
              <span>
                {mistake.label} → <strong>{mistake.predicted}</strong>
              </span>
              <span className="small soft">{formatPercent(mistake.confidence)}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length < result.mistakes.length ? (
        <button type="button" className="button" onClick={() => setShowsAll(true)}>
          Show all {result.mistakes.length}
        </button>
      ) : null}
    </>
  );
}

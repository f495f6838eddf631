// The ten probabilities of the model's last layer, as bars with their numbers.
import { useEffect, useState } from 'react';
import { NUM_CLASSES } from '../../core/model/model-spec.ts';
import { formatPercent } from '../format.ts';

/** So that a screen reader hears the answer once the pen rests, not on every move, ms. */
const ANNOUNCE_AFTER_MS = 800;

interface ProbabilityBarsProps {
  /** [10]; null while there is nothing to predict from. */
  readonly probabilities: readonly number[] | null;
}

export function ProbabilityBars({ probabilities }: ProbabilityBarsProps) {
  const winner = probabilities === null ? null : winnerOf(probabilities);
  return (
    <div className="probabilities">
      <ol start={0} aria-label="Probability of each digit">
        {Array.from({ length: NUM_CLASSES }, (_, digit) => {
          const probability = probabilities?.[digit];
          return (
            <li key={digit} data-winner={digit === winner}>
              <span className="probability-digit">{digit}</span>
              <span className="probability-track" aria-hidden="true">
                <span style={{ transform: `scaleX(${probability ?? 0})` }} />
              </span>
              <span className="probability-value">{formatPercent(probability)}</span>
            </li>
          );
        })}
      </ol>
      <Announcement probabilities={probabilities} />
    </div>
  );
}

function Announcement({ probabilities }: ProbabilityBarsProps) {
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      if (probabilities === null) return setText('');
      const winner = winnerOf(probabilities);
      setText(`Read as ${winner}, ${formatPercent(probabilities[winner], 0)}`);
    }, ANNOUNCE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [probabilities]);
  return <output className="visually-hidden">{text}</output>;
}

function winnerOf(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

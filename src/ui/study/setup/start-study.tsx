// The button that starts the configured study. A study at the table would lose its place: then it asks
// first, and offers to save it.
import { useState } from 'react';
import { useActions } from '../../actions.ts';
import { dashboardStore } from '../../dashboard-store.ts';
import { pageStore } from '../../page-state.ts';
import { ReplaceStudy, useNumTrialsKept } from '../replace-study.tsx';
import { openTrial, studyPageStore } from '../study-page-state.ts';
import { decideStart } from '../study-words.ts';

export function StartStudy(props: {
  readonly label: string;
  readonly disabled: boolean;
  /** The study at the table has trials left: going on with it is what comes first. */
  readonly isSecond: boolean;
}) {
  const actions = useActions();
  const [asks, setAsks] = useState(false);
  const numLost = useNumTrialsKept();

  const start = () => {
    const { view } = dashboardStore.getState();
    if (view === null) return;
    const decision = decideStart(view, studyPageStore.getState().texts, pageStore.getState().texts);
    if (decision.does !== 'start') return;
    if (decision.addFirst > 0) actions.addClients(decision.addFirst);
    openTrial(null);
    void actions.startStudy(decision.setup);
  };
  return (
    <>
      <button
        type="button"
        className={props.isSecond ? 'button' : 'button button-primary'}
        disabled={props.disabled}
        onClick={() => (numLost > 0 ? setAsks(true) : start())}
      >
        {props.label}
      </button>
      <ReplaceStudy
        isOpen={asks}
        question="Start a new study?"
        deed="start"
        onGo={start}
        onClose={() => setAsks(false)}
      />
    </>
  );
}

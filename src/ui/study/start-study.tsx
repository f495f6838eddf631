// The button that starts the configured study. A study at the table would lose its place: then it asks
// first, and offers to save it.
import { AlertDialog } from 'radix-ui';
import { useState } from 'react';
import { useActions } from '../actions.ts';
import { dashboardStore, useDashboard } from '../dashboard-store.ts';
import { pageStore } from '../page-state.ts';
import { plural } from '../words.ts';
import { saveJournal } from './save-study.ts';
import { openTrial, studyPageStore } from './study-page-state.ts';
import { decideStart, numFinished } from './study-words.ts';

export function StartStudy(props: { readonly label: string; readonly disabled: boolean }) {
  const actions = useActions();
  const [asks, setAsks] = useState(false);
  const numLost = useDashboard(({ view }) => (view?.study == null ? 0 : numFinished(view.study)));

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
        className="button button-primary"
        disabled={props.disabled}
        onClick={() => (numLost > 0 ? setAsks(true) : start())}
      >
        {props.label}
      </button>
      <AlertDialog.Root open={asks} onOpenChange={setAsks}>
        <AlertDialog.Portal>
          <AlertDialog.Overlay className="dialog-ground" />
          <AlertDialog.Content className="dialog">
            <AlertDialog.Title asChild>
              <h2>Start a new study?</h2>
            </AlertDialog.Title>
            <AlertDialog.Description>
              It takes the place of the study at the table, with its {plural(numLost, 'trial')}.
              Saved as a file it can be imported again.
            </AlertDialog.Description>
            <div className="button-row">
              <AlertDialog.Action
                className="button button-primary"
                onClick={() =>
                  void saveJournal(actions).then((saved) => {
                    if (saved) start();
                  })
                }
              >
                Save the old one and start
              </AlertDialog.Action>
              <AlertDialog.Action className="button" onClick={start}>
                Start without saving
              </AlertDialog.Action>
              <AlertDialog.Cancel className="button">Cancel</AlertDialog.Cancel>
            </div>
          </AlertDialog.Content>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}

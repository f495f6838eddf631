// Asked before another study takes the place of the one at the table: a federation keeps one study, so
// the old one is offered as a file first.
import { AlertDialog } from 'radix-ui';
import { useActions } from '../actions.ts';
import { useDashboard } from '../dashboard-store.ts';
import { plural } from '../words.ts';
import { saveJournal } from './save-study.ts';

/** Trials of any state in the study at the table: what would be lost. */
export function useNumTrialsKept(): number {
  return useDashboard(({ view }) => view?.trials.length ?? 0);
}

export function ReplaceStudy(props: {
  readonly isOpen: boolean;
  /** "Start a new study?" */
  readonly question: string;
  /** What follows, as the buttons say it: "start". */
  readonly deed: string;
  readonly onGo: () => void;
  readonly onClose: () => void;
}) {
  const { deed, onGo } = props;
  const actions = useActions();
  const numLost = useNumTrialsKept();
  return (
    <AlertDialog.Root open={props.isOpen} onOpenChange={(open) => (open ? null : props.onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="dialog-ground" />
        <AlertDialog.Content className="dialog">
          <AlertDialog.Title asChild>
            <h2>{props.question}</h2>
          </AlertDialog.Title>
          <AlertDialog.Description>
            It takes the place of the study at the table, with its {plural(numLost, 'trial')}. Saved
            as a file these can be imported again, without their models: what you want of those,
            download in the Model view first.
          </AlertDialog.Description>
          <div className="button-row">
            <AlertDialog.Action
              className="button button-primary"
              onClick={() =>
                void saveJournal(actions).then((saved) => {
                  if (saved) onGo();
                })
              }
            >
              Save the old one and {deed}
            </AlertDialog.Action>
            <AlertDialog.Action className="button" onClick={onGo}>
              {deed[0]!.toUpperCase() + deed.slice(1)} without saving
            </AlertDialog.Action>
            <AlertDialog.Cancel className="button">Cancel</AlertDialog.Cancel>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

// Results and refusals, shown for a while in a corner. Errors stay longer than information.
import { Toast } from 'radix-ui';
import { useActions } from '../actions.ts';
import { useDashboard } from '../dashboard-store.ts';

const INFORMATION_MS = 6000;
const ERROR_MS = 15000;

export function Notices() {
  const notices = useDashboard((state) => state.notices);
  const actions = useActions();
  return (
    <Toast.Provider label="Notice" swipeDirection="right">
      {notices.map(({ id, tone, text }) => (
        <Toast.Root
          key={id}
          className={`toast toast-${tone}`}
          type={tone === 'error' ? 'foreground' : 'background'}
          duration={tone === 'error' ? ERROR_MS : INFORMATION_MS}
          onOpenChange={(open) => {
            if (!open) actions.dismissNotice(id);
          }}
        >
          <Toast.Description>{text}</Toast.Description>
          <Toast.Close className="button button-quiet" aria-label="Dismiss this notice">
            ×
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="toasts" label="Notices ({hotkey})" />
    </Toast.Provider>
  );
}

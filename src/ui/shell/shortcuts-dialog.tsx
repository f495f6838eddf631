// The list of keyboard shortcuts, under "?".
import { Dialog } from 'radix-ui';
import { setShortcutsOpen, usePage } from '../page-state.ts';
import { shortcuts } from './shortcuts.ts';

export function ShortcutsDialog() {
  const open = usePage((state) => state.shortcutsOpen);
  return (
    <Dialog.Root open={open} onOpenChange={setShortcutsOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-ground" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title asChild>
            <h2>Keyboard shortcuts</h2>
          </Dialog.Title>
          <dl className="shortcut-list">
            {shortcuts.map(({ key, meaning }) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <Dialog.Close className="button">Close</Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

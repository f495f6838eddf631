// The link that brings another tab or machine to this table. Copying says so; where the browser does not
// let the page write to the clipboard, the link is shown, selected, to copy by hand.
import { useId, useState } from 'react';
import { useActions } from '../actions.ts';

type Outcome = 'copied' | { readonly byHand: string } | null;

export function InviteLink() {
  const actions = useActions();
  const [outcome, setOutcome] = useState<Outcome>(null);
  const id = useId();
  const copy = async () => {
    const link = actions.inviteLink();
    setOutcome(null); // said again when pressed again
    setOutcome((await wasCopied(link)) ? 'copied' : { byHand: link });
  };
  return (
    <div className="invite small soft">
      <button type="button" className="link-button" onClick={() => void copy()}>
        Copy a link that brings another tab to this table
      </button>
      <p role="status">
        {outcome === 'copied' &&
          'Link copied. Whoever has it can take a seat and open every sum of this table.'}
        {outcome !== null && outcome !== 'copied' && (
          <label htmlFor={id}>
            This browser did not let the page copy. The link is selected below: copy it by hand.
          </label>
        )}
      </p>
      {outcome !== null && outcome !== 'copied' && (
        <input
          id={id}
          className="text-input"
          readOnly
          value={outcome.byHand}
          ref={select}
          onFocus={(event) => event.target.select()}
        />
      )}
    </div>
  );
}

function select(input: HTMLInputElement | null): void {
  input?.focus();
}

/** False where the page has no clipboard (it was not served over HTTPS) or may not write to it. */
async function wasCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

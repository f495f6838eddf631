// The federation's secret: 256 random bits, made by the first tab and kept in localStorage, where a
// SharedWorker cannot reach it. An invite link carries it in its fragment, which no browser sends to
// a server. Whoever has it can open the federation's keys and weights.

const STORAGE_KEY = 'roundtable-federation-secret';
const FRAGMENT_KEY = 'federation';
const SECRET_BYTES = 32;

/** This browser's secret; the one in an invite link's fragment replaces it and is taken out of the address. */
export function federationSecret(): Uint8Array<ArrayBuffer> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const invited = fromBase64Url(fragment.get(FRAGMENT_KEY));
  if (invited !== null) {
    fragment.delete(FRAGMENT_KEY);
    const rest = fragment.toString();
    history.replaceState(
      history.state,
      '',
      location.pathname + location.search + (rest && `#${rest}`),
    );
    localStorage.setItem(STORAGE_KEY, toBase64Url(invited));
    return invited;
  }
  const stored = fromBase64Url(localStorage.getItem(STORAGE_KEY));
  if (stored !== null) return stored;
  const fresh = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  localStorage.setItem(STORAGE_KEY, toBase64Url(fresh));
  return fresh;
}

/** A client tab's address with the secret in its fragment. */
export function inviteLink(): string {
  const url = new URL(location.href);
  url.search = '?client';
  url.hash = `${FRAGMENT_KEY}=${toBase64Url(federationSecret())}`;
  return url.href;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** null: not a secret of the right size. */
function fromBase64Url(text: string | null): Uint8Array<ArrayBuffer> | null {
  if (text === null || !/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return bytes.length === SECRET_BYTES ? bytes : null;
}

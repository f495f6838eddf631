// What only this page knows: the view that is shown, the configuration being edited and the theme.
// The first three live in the URL (back, forward and copied links work), the theme in localStorage.
// The edited configuration is kept as the texts that were typed, so that a bad one can be shown.
import { createStore, useStore } from 'zustand';
import { readUrl, writeUrl, type UrlState, type ViewName } from './url-state.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface PageState extends UrlState {
  readonly theme: Theme;
  readonly shortcutsOpen: boolean;
}

const THEME_KEY = 'roundtable-theme';

export const pageStore = createStore<PageState>(() => ({
  view: 'table',
  texts: {},
  withTwin: false,
  theme: 'system',
  shortcutsOpen: false,
}));

export function usePage<Slice>(selector: (state: PageState) => Slice): Slice {
  return useStore(pageStore, selector);
}

/** Reads URL and storage, and follows back and forward from now on. */
export function startPageState(): void {
  const readLocation = () => pageStore.setState(readUrl(location.search));
  readLocation();
  addEventListener('popstate', readLocation);
  setTheme(storedTheme());
}

/** A new entry of the browser's history. */
export function showView(view: ViewName): void {
  if (view === pageStore.getState().view) return;
  pageStore.setState({ view });
  pushAddress();
}

/** One field as it was typed; the URL follows without a history entry of its own. */
export function editField(name: string, text: string): void {
  pageStore.setState(({ texts }) => ({ texts: { ...texts, [name]: text } }));
  replaceAddressSoon();
}

/** Replaces the whole configuration (a preset); back undoes it. */
export function replaceTexts(texts: Readonly<Record<string, string>>): void {
  pageStore.setState({ texts });
  pushAddress();
}

export function setWithTwin(withTwin: boolean): void {
  pageStore.setState({ withTwin });
  replaceAddressSoon();
}

export function setTheme(theme: Theme): void {
  pageStore.setState({ theme });
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
    localStorage.removeItem(THEME_KEY);
  } else {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(THEME_KEY, theme);
  }
}

export function setShortcutsOpen(shortcutsOpen: boolean): void {
  pageStore.setState({ shortcutsOpen });
}

/** The address of another view of the same experiment, for links. */
export function viewAddress(view: ViewName): string {
  return writeUrl({ ...pageStore.getState(), view }, location.search) || location.pathname;
}

let pendingReplace: ReturnType<typeof setTimeout> | undefined;

/** Browsers refuse more than a few history changes a second, and a slider makes sixty. */
function replaceAddressSoon(): void {
  clearTimeout(pendingReplace);
  pendingReplace = setTimeout(() => history.replaceState(null, '', address()), 200);
}

function pushAddress(): void {
  clearTimeout(pendingReplace);
  history.pushState(null, '', address());
}

function address(): string {
  const search = writeUrl(pageStore.getState(), location.search);
  return `${location.pathname}${search}${location.hash}`;
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

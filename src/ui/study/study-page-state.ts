// What only this page knows of a study: the configuration being typed (in the URL), which trial's
// details are open (in the URL too), and what the plots show.
import { createStore, useStore } from 'zustand';
import type { Domain } from '../charts/series.ts';
import type { Brushes } from './brushing.ts';
import { replaceTexts } from '../page-state.ts';
import { readStudyUrl, writeStudyUrl, type Texts } from './study-draft.ts';
import { showAll, type TrialFilter } from './visible-trials.ts';

interface StudyPageState {
  readonly texts: Texts;
  /** The trial in the side panel, null when it is closed. */
  readonly openTrial: number | null;
  readonly filter: TrialFilter;
  /** Stretches of axes of the parallel coordinates, by axis, in its units. */
  readonly brushes: Brushes;
}

export const studyPageStore = createStore<StudyPageState>(() => ({
  texts: {},
  openTrial: null,
  filter: showAll,
  brushes: {},
}));

export function useStudyPage<Slice>(selector: (state: StudyPageState) => Slice): Slice {
  return useStore(studyPageStore, selector);
}

/** Reads the URL and follows back and forward until the returned function is called. */
export function followAddress(): () => void {
  const readLocation = () => {
    const trial = new URLSearchParams(location.search).get('trial');
    studyPageStore.setState({
      texts: readStudyUrl(location.search),
      openTrial: trial !== null && /^\d{1,7}$/.test(trial) ? Number(trial) : null,
    });
  };
  readLocation();
  addEventListener('popstate', readLocation);
  return () => removeEventListener('popstate', readLocation);
}

/** One field as it was typed; the URL follows without a history entry of its own. */
export function editStudyText(key: string, text: string): void {
  studyPageStore.setState(({ texts }) => ({ texts: { ...texts, [key]: text } }));
  replaceAddressSoon();
}

/** Replaces the whole configuration of the study and of its runs (a preset); back undoes it. */
export function replaceStudyTexts(texts: Texts, runTexts: Texts): void {
  studyPageStore.setState({ texts });
  replaceTexts(runTexts);
  replaceAddress();
}

export function openTrial(number: number | null): void {
  if (studyPageStore.getState().openTrial === number) return;
  studyPageStore.setState({ openTrial: number });
  replaceAddressSoon();
}

export function setFilter(filter: TrialFilter): void {
  studyPageStore.setState({ filter });
}

/** null takes the axis' brush away. */
export function setBrush(axis: string, range: Domain | null): void {
  studyPageStore.setState(({ brushes }) => {
    const { [axis]: _, ...others } = brushes;
    return { brushes: range === null ? others : { ...others, [axis]: range } };
  });
}

export function clearBrushes(): void {
  studyPageStore.setState({ brushes: {} });
}

let pendingReplace: ReturnType<typeof setTimeout> | undefined;

/** Browsers refuse more than a few history changes a second, and a slider makes sixty. */
function replaceAddressSoon(): void {
  clearTimeout(pendingReplace);
  pendingReplace = setTimeout(replaceAddress, 200);
}

function replaceAddress(): void {
  clearTimeout(pendingReplace);
  const { texts, openTrial: number } = studyPageStore.getState();
  const parameters = new URLSearchParams(writeStudyUrl(texts, location.search));
  if (number === null) parameters.delete('trial');
  else parameters.set('trial', String(number));
  const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
}

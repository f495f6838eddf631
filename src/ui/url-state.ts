// What the URL says: which page this is, which view, and the whole configuration of the experiment.
// Pure functions over the query string; names that are not ours are left as they are.
import { configFields, readConfig, writeConfig } from '../core/experiment/config-fields.ts';
import type { RunConfig } from '../core/experiment/run-config.ts';

export const viewNames = ['table', 'study', 'encryption', 'model'] as const;
export type ViewName = (typeof viewNames)[number];

export interface UrlState {
  readonly view: ViewName;
  /** Fields of the configuration that the URL names, as texts (they may be out of range). */
  readonly texts: Readonly<Record<string, string>>;
  /** Run the plaintext twin afterwards. */
  readonly withTwin: boolean;
}

/** A client tab's page rather than the dashboard. */
export function isClientPage(search: string): boolean {
  return new URLSearchParams(search).has('client');
}

const MOST_CLIENTS_A_TAB = 1000;

/** How many clients a client tab hosts: 1, or what `client` says; 1 where that is no number of clients. */
export function numClientsOfPage(search: string): number {
  const text = new URLSearchParams(search).get('client') ?? '';
  const asked = /^\d{1,4}$/.test(text) ? Number(text) : 1;
  return asked >= 1 && asked <= MOST_CLIENTS_A_TAB ? asked : 1;
}

/** An unknown view is the first one; an absent field is its default. */
export function readUrl(search: string): UrlState {
  const parameters = new URLSearchParams(search);
  const wanted = parameters.get('view');
  const texts: Record<string, string> = {};
  for (const { name } of configFields) {
    const text = parameters.get(name);
    if (text !== null) texts[name] = text;
  }
  return {
    view: viewNames.find((name) => name === wanted) ?? 'table',
    texts,
    withTwin: parameters.get('twin') === '1',
  };
}

/**
 * The query string for a state, over the one that stands: fields at their defaults are left out and
 * foreign names kept. Returns '' or a string that starts with '?'.
 */
export function writeUrl(state: UrlState, search: string): string {
  const parameters = new URLSearchParams(search);
  const own = ['view', 'twin', ...configFields.map(({ name }) => name)];
  for (const name of own) parameters.delete(name);
  if (state.view !== 'table') parameters.set('view', state.view);
  for (const [name, text] of Object.entries(writeConfig(draftConfig(state.texts).config))) {
    parameters.set(name, text);
  }
  if (state.withTwin) parameters.set('twin', '1');
  const written = parameters.toString();
  return written === '' ? '' : `?${written}`;
}

/** The texts of a configuration's fields that are not at their defaults. */
export function textsOf(config: RunConfig): Readonly<Record<string, string>> {
  return writeConfig(config);
}

/** The configuration that the texts describe; fields that cannot be read keep their defaults. */
export function draftConfig(texts: Readonly<Record<string, string>>) {
  return readConfig(texts);
}

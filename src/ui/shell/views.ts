// The views of the dashboard in the order of the navigation. All but the first are chunks of their
// own, loaded when they are first shown (or when the pointer rests on their link).
import { lazy, type ComponentType } from 'react';
import { TableView } from '../table/table-view.tsx';
import { viewNames, type ViewName } from '../url-state.ts';

export interface ViewEntry {
  readonly name: ViewName;
  readonly label: string;
  readonly component: ComponentType;
  /** Fetches the view's code ahead of time. */
  readonly preload: () => void;
}

const loadStudy = () => import('../study/study-view.tsx');
const loadEncryption = () => import('../encryption/encryption-view.tsx');
const loadModel = () => import('../model/model-view.tsx');

const entries: Readonly<Record<ViewName, Omit<ViewEntry, 'name'>>> = {
  table: { label: 'Table', component: TableView, preload: () => undefined },
  study: {
    label: 'Study',
    component: lazy(async () => ({ default: (await loadStudy()).StudyView })),
    preload: () => void loadStudy(),
  },
  encryption: {
    label: 'Encryption',
    component: lazy(async () => ({ default: (await loadEncryption()).EncryptionView })),
    preload: () => void loadEncryption(),
  },
  model: {
    label: 'Model',
    component: lazy(async () => ({ default: (await loadModel()).ModelView })),
    preload: () => void loadModel(),
  },
};

export const views: readonly ViewEntry[] = viewNames.map((name) => ({ name, ...entries[name] }));

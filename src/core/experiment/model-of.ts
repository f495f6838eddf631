// The model that a run trains.
import { denseModel, type ModelSpec } from '../model/model-spec.ts';
import type { RunConfig } from './run-config.ts';

export function modelOf({
  units,
  hiddenLayers,
}: Pick<RunConfig, 'units' | 'hiddenLayers'>): ModelSpec {
  return denseModel(units, hiddenLayers);
}

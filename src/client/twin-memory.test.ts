import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import { createTwinMemory } from './twin-memory.ts';

const plaintext = { ...defaultRunConfig, encryption: 'plaintext' as const };
const weights = (...values: number[]) => Float32Array.from(values);

/** A finished encrypted run of two rounds; its twin has begun. */
function afterARun() {
  const memory = createTwinMemory();
  memory.begin('run', defaultRunConfig);
  memory.record('run', 1, 'all', weights(1, 2));
  memory.record('run', 2, 'all', weights(3, 4));
  memory.begin('twin', plaintext);
  return memory;
}

describe('the memory of a run for its twin', () => {
  it('measures the largest difference of a weight, round by round', () => {
    const memory = afterARun();
    expect(memory.difference('twin', 1, 'all', weights(1.5, 1))).toBe(1);
    memory.record('twin', 1, 'all', weights(1.5, 1));
    expect(memory.difference('twin', 2, 'all', weights(3, 4.25))).toBe(0.25);
  });

  it('compares nothing that other contributors made, then or on the way', () => {
    const memory = afterARun();
    expect(memory.difference('twin', 1, 'some', weights(1, 2))).toBeNull();
    memory.record('twin', 1, 'some', weights(1, 2));
    expect(memory.difference('twin', 2, 'all', weights(3, 4))).toBeNull();
  });

  it('knows no twin in a run of another configuration, nor in a round it did not see', () => {
    const memory = afterARun();
    expect(memory.difference('twin', 3, 'all', weights(1, 2))).toBeNull();
    memory.begin('other', { ...defaultRunConfig, seed: 2 });
    expect(memory.difference('other', 1, 'all', weights(1, 2))).toBeNull();
  });
});

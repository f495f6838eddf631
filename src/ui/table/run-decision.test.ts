import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import { sampleView } from '../../testing/samples/sample-view.ts';
import { decideRun, numPresent } from './run-decision.ts';

describe('the main button', () => {
  it('waits for the server', () => {
    expect(decideRun(null, {}).does).toBe('nothing');
  });

  it('takes a first visitor to a running federation in one click', () => {
    const view = { ...sampleView({ runPhase: null }), clients: [] };
    expect(decideRun(view, { clients: '3' })).toMatchObject({
      does: 'start',
      addFirst: 3,
      config: { ...defaultRunConfig, clients: 3 },
    });
  });

  it('adds nobody where somebody is at the table', () => {
    expect(decideRun(sampleView({ numClients: 1, runPhase: null }), {})).toMatchObject({
      does: 'start',
      addFirst: 0,
    });
  });

  it('pauses what runs, continues what is paused and starts anew after the end', () => {
    const does = (runPhase: 'open' | 'testing' | 'paused' | 'finished' | 'failed') =>
      decideRun(sampleView({ runPhase }), {}).does;
    expect(does('open')).toBe('pause');
    expect(does('testing')).toBe('pause');
    expect(does('paused')).toBe('continue');
    expect(does('finished')).toBe('start');
    expect(does('failed')).toBe('start');
  });

  it('does not start what cannot be read', () => {
    const decision = decideRun(sampleView({ runPhase: null }), { rounds: '0', units: 'x' });
    expect(decision).toMatchObject({ does: 'nothing' });
    expect(decision.does === 'nothing' && decision.because).toContain('2 fields');
  });
});

it('counts the clients that are there', () => {
  expect(numPresent(sampleView({ left: [0, 3], failed: [1] }))).toBe(3);
});

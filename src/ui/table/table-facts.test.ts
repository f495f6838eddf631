// The figures and sentences that the table shows, worked out by hand.
import { describe, expect, it } from 'vitest';
import { sampleView } from '../../testing/samples/sample-view.ts';
import { phaseMs } from './client-row.tsx';
import { hubWords } from './hub.tsx';
import { shareDone } from './run-progress.tsx';
import { seatWords } from './table-in-words.tsx';

describe('progress', () => {
  const run = sampleView({ runPhase: 'open', round: 4 }).run!;
  const [one, two] = ['client-0', 'client-1'];

  it('counts half a round for all updates in, the rest for the commit', () => {
    const cohort = [one, two];
    expect(shareDone({ ...run, cohort, received: [] })).toBeCloseTo(0.3);
    expect(shareDone({ ...run, cohort, received: [one] })).toBeCloseTo(0.325);
    expect(shareDone({ ...run, cohort, received: [one, two], phase: 'applying' })).toBeCloseTo(
      0.35,
    );
    expect(shareDone({ ...run, cohort, phase: 'committing' })).toBeCloseTo(0.4);
  });

  it('is nothing in round 0 and all at the end', () => {
    expect(shareDone({ ...run, round: 0, phase: 'applying' })).toBe(0);
    expect(shareDone({ ...run, round: 10, phase: 'finished' })).toBe(1);
  });
});

describe('the server in the middle', () => {
  it('says how many of the asked updates it holds', () => {
    const run = sampleView({ runPhase: 'open', round: 4 }).run!;
    expect(hubWords({ ...run, cohort: ['a', 'b', 'c'], received: ['b'] }, 3, 5)).toEqual({
      above: 'Round 4 of 10',
      figure: '1 of 3',
      below: 'in the sum',
    });
  });

  it('counts the seats before a run', () => {
    expect(hubWords(null, 2, 5).figure).toBe('2 of 5');
  });
});

describe('a seat in words', () => {
  const { clients, run } = sampleView({ failed: [1] });
  const plain = (text: string) => text.replaceAll('\u00a0', ' ');

  it('has what the picture shows', () => {
    const client = { ...clients[0]!, phase: 'training' as const, fraction: 0.43 };
    expect(plain(seatWords(client, 0, { ...run!, received: [] }))).toBe(
      'Seat 1, Client 1: training 43 %, WebGL, 11,000 images.',
    );
  });

  it('says why a client was set aside, and that a seat is empty', () => {
    expect(seatWords(clients[1]!, 1, run)).toContain('training stopped with an error');
    expect(seatWords(null, 4, run)).toBe('Seat 5: empty.');
  });
});

describe('a client’s times', () => {
  it('add up over the stretches of a phase, and are missing without one', () => {
    const segments = [
      { phase: 'training' as const, startMs: 0, endMs: 30 },
      { phase: 'sending' as const, startMs: 30, endMs: 40 },
      { phase: 'training' as const, startMs: 50, endMs: 55 },
    ];
    expect(phaseMs(segments, 'training')).toBe(35);
    expect(phaseMs(segments, 'decrypting')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { sampleView } from '../../testing/samples/sample-view.ts';
import type { ClientView } from '../../core/protocol/view.ts';
import { isAsked, placeWords, runOfClient, sameClient, seatClients, updateState } from './seats.ts';
import { besideWords } from './trials-beside.tsx';

const names = (seats: readonly (ClientView | null)[]) =>
  seats.map((client) => client?.name ?? null);

describe('seating', () => {
  it('before a run seats clients in order and lets the others stand by', () => {
    const { clients } = sampleView({ numClients: 3, runPhase: null });
    expect(names(seatClients(clients, null, 5).seats)).toEqual([
      'Client 1',
      'Client 2',
      'Client 3',
      null,
      null,
    ]);
    expect(names(seatClients(clients, null, 2).standingBy)).toEqual(['Client 3']);
  });

  it('in a run follows the server’s seats, whatever the form says', () => {
    const { clients, run } = sampleView({ numClients: 3 });
    const moved = clients.map((client, index) => ({
      ...client,
      seat: [2, 0, null][index]!,
      runId: ['run-1', 'run-1', null][index]!,
    }));
    const { seats, standingBy } = seatClients(moved, run, 50);
    expect(names(seats)).toEqual(['Client 2', null, 'Client 1']);
    expect(names(standingBy)).toEqual(['Client 3']);
  });

  it('lets nobody stand by who is at work in a trial beside the table', () => {
    const { clients, run } = sampleView({ numClients: 3 });
    const other = { ...run!, runId: 'run-2', trialOf: { studyId: 'study', number: 4 } };
    const away = { ...clients[2]!, seat: null, runId: 'run-2' };
    const spare = { ...clients[1]!, seat: null, runId: null };
    expect(names(seatClients([clients[0]!, spare, away], run, 3).standingBy)).toEqual(['Client 2']);
    const own = (client: ClientView) => runOfClient(client, run, [other]);
    expect([clients[0]!, spare, away].map((client) => own(client)?.runId)).toEqual([
      'run-1',
      'run-1',
      'run-2',
    ]);
    expect(placeWords(away, own(away))).toBe('in trial 4');
    expect(placeWords(spare, own(spare))).toBe('no seat');
    expect(besideWords([other], [...clients, away])).toBe(
      'Trial 4 runs at the same time, on 1 other client.',
    );
    const third = { ...other, runId: 'run-3', trialOf: { studyId: 'study', number: 7 } };
    const two = [away, { ...away, clientId: 'c', runId: 'run-3' }];
    expect(besideWords([other, third], two)).toBe(
      'Trials 4 and 7 run at the same time, on 2 other clients.',
    );
  });

  it('prefers who is there to who left the same seat, in either order', () => {
    const { clients, run } = sampleView({ numClients: 2, left: [0] });
    const both = clients.map((client) => ({ ...client, seat: 0 }));
    expect(names(seatClients(both, run, 2).seats)).toEqual(['Client 2', null]);
    expect(names(seatClients(both.toReversed(), run, 2).seats)).toEqual(['Client 2', null]);
  });
});

describe('updates', () => {
  const { clients, run } = sampleView({ runPhase: 'open' });
  const client = clients[1]!;

  it('are sealed, travel, and are added once the server says so', () => {
    const during = (phase: ClientView['phase']) => updateState({ ...client, phase }, run);
    expect(during('training')).toBe('none');
    expect(during('encrypting')).toBe('being-sealed');
    expect(during('sending')).toBe('travelling');
    const received = { ...run!, received: [client.clientId] };
    expect(updateState({ ...client, phase: 'waiting' }, received)).toBe('added');
  });

  it('of a client that is gone are not shown', () => {
    expect(updateState({ ...client, phase: 'sending', standing: 'left' }, run)).toBe('none');
    expect(updateState({ ...client, phase: 'sending', standing: 'failed' }, run)).toBe('none');
  });

  it('show the sum being opened only while it is', () => {
    const applying = { ...run!, phase: 'applying' as const };
    expect(updateState({ ...client, phase: 'decrypting' }, applying)).toBe('opening');
    expect(updateState({ ...client, phase: 'evaluating' }, applying)).toBe('none');
  });

  it('are asked of the cohort alone', () => {
    const half = { ...run!, cohort: [clients[0]!.clientId] };
    expect(isAsked(clients[0]!, half)).toBe(true);
    expect(isAsked(clients[1]!, half)).toBe(false);
    expect(isAsked(clients[1]!, null)).toBe(true);
  });
});

describe('what makes a client look the same', () => {
  const client = sampleView().clients[0]!;
  it('is equal content, not identity', () => {
    expect(sameClient(client, structuredClone(client))).toBe(true);
  });
  it('changes with any part that is shown', () => {
    expect(sameClient(client, { ...client, fraction: 0.5 })).toBe(false);
    const histogram = client.labelHistogram.with(3, 0);
    expect(sameClient(client, { ...client, labelHistogram: histogram })).toBe(false);
    const segment = { ...client.lastSegments[0]!, endMs: 1 };
    const segments = [segment, ...client.lastSegments.slice(1)];
    expect(sameClient(client, { ...client, lastSegments: segments })).toBe(false);
    expect(sameClient(client, null)).toBe(false);
  });
});

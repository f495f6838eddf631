import { expect, test } from 'vitest';
import type { ClientView, RoundRecord } from '../../core/protocol/view.ts';
import { timelineRows, timelineTable } from './timeline-layout.ts';

const client = (name: string, seat: number | null, lastSegments: ClientView['lastSegments']) =>
  ({ clientId: name, name, seat, lastSegments }) as ClientView;
const round = { milliseconds: { sum: 6 } } as RoundRecord;
const clients = [
  client('Blaise', 1, [
    { phase: 'training', startMs: 0, endMs: 120 },
    { phase: 'sending', startMs: 120, endMs: 130 },
    { phase: 'waiting', startMs: 130, endMs: 200 },
  ]),
  client('Ada', 0, [
    { phase: 'training', startMs: 0, endMs: 90 },
    { phase: 'sending', startMs: 90, endMs: 101 },
  ]),
  client('Spare', null, [{ phase: 'training', startMs: 0, endMs: 1 }]),
  client('Idle', 2, []),
];

test('seats in order, waiting left blank, the server after the last arrival', () => {
  const rows = timelineRows(clients, round);
  expect(rows.map(({ id }) => id)).toEqual(['Ada', 'Blaise', 'server']);
  expect(rows[1]!.stretches.map(({ word }) => word)).toEqual(['training', 'sending']);
  expect(rows[2]!.stretches[0]).toMatchObject({ startMs: 130, endMs: 136 });
});

test('without a committed round, or without a sum, there is no server row', () => {
  expect(timelineRows(clients, null).some(({ id }) => id === 'server')).toBe(false);
  expect(timelineRows([], round)).toEqual([]);
});

test('the table has a row for every stretch, with its duration', () => {
  const { rows } = timelineTable(timelineRows(clients, round));
  expect(rows).toContainEqual(['Ada', 'sending', 90, 101, 11]);
  expect(rows).toHaveLength(5);
});

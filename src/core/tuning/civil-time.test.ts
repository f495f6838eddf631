// Oracle: the platform's Date.
import { expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from './civil-time.ts';

const instants = [
  0, -1, 951782400000, 951868799999, 1709164800000, 4107542399999, 1795361499144.91,
];

it.each(instants)('%d is written as Date writes it', (ms) => {
  const iso = new Date(ms).toISOString(); // whole ms, UTC
  expect(formatTimestamp(Math.floor(ms), 0)).toBe(`${iso.slice(0, -1)}000`);
  expect(parseTimestamp(iso, 777)).toBe(Math.floor(ms));
});

it('every day of four centuries comes back', () => {
  for (let day = -80000; day < 66000; day += 13) {
    const ms = day * 86400000 + 43200000;
    expect(formatTimestamp(ms, 0)).toBe(`${new Date(ms).toISOString().slice(0, -1)}000`);
    expect(parseTimestamp(formatTimestamp(ms, 330), 330)).toBe(ms);
  }
});

it('microseconds survive', () => {
  const text = '2026-11-22T15:31:39.144917';
  expect(formatTimestamp(parseTimestamp(text, 0)!, 0)).toBe(text);
  expect(formatTimestamp(parseTimestamp(text, -90)!, -90)).toBe(text);
});

it('zones are read', () => {
  const base = Date.UTC(2026, 10, 22, 16, 24, 0);
  expect(parseTimestamp('2026-11-22T16:24:00Z', 60)).toBe(base);
  expect(parseTimestamp('2026-11-22T16:24:00+00:00', 60)).toBe(base);
  expect(parseTimestamp('2026-11-22T18:54:00.5+02:30', 60)).toBe(base + 500);
  expect(parseTimestamp('2026-11-22T08:24:00-0800', 60)).toBe(base);
  expect(parseTimestamp('2026-11-22 17:24:00', 60)).toBe(base);
  expect(parseTimestamp('22.11.2026', 0)).toBeNull();
});

import { expect, it } from 'vitest';
import { longestTask } from './longest-task.ts';

const task = (ts: number, durMs: number, cpuMs: number, tid = 7) => ({
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  pid: 1,
  tid,
  ts,
  dur: 1000 * durMs,
  tdur: 1000 * cpuMs,
});
const mark = (name: string, ts: number) => ({ name, ph: 'I', pid: 1, tid: 7, ts });
const traceOf = (events: readonly object[]) => JSON.stringify({ traceEvents: events });

it('takes the tasks between the marks, on their thread, by CPU time', () => {
  const trace = traceOf([
    task(10, 400, 300),
    { name: 'process_name', ph: 'M', pid: 1, tid: 7, args: {} },
    mark('end', 60),
    mark('begin', 20),
    task(30, 120, 6),
    task(40, 30, 4),
    task(50, 200, 150, 8),
    task(70, 500, 400),
    mark('begin', 80),
    task(90, 50, 30),
    mark('end', 100),
  ]);
  expect(longestTask(trace, 'begin', 'end')).toEqual({ cpuMs: 30, wallPerCpu: 200 / 40 });
});

it('says so when there is nothing to read', () => {
  const read = (events: readonly object[]) => () => longestTask(traceOf(events), 'begin', 'end');
  expect(read([task(10, 1, 1)])).toThrow('no mark');
  expect(read([mark('begin', 5), task(1, 1, 1)])).toThrow('no task');
});

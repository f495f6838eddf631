// A trace of Chromium, read for one question: how much CPU time did the longest task of a page's main
// thread take? Format: Trace Event Format; complete events ("X") with wall and thread time, dur and tdur, in µs.
import * as v from 'valibot';

const eventSchema = v.object({
  name: v.string(),
  ph: v.string(),
  pid: v.number(),
  tid: v.number(),
  ts: v.optional(v.number(), 0),
  dur: v.optional(v.number(), 0),
  tdur: v.optional(v.number(), 0),
});
const traceSchema = v.object({ traceEvents: v.array(v.unknown()) });
const TASK = 'ThreadControllerImpl::RunTask';

/**
 * Over the tasks that began between `performance.mark(begin)` and the next `performance.mark(end)` (several
 * such stretches count together), on the thread that made the marks: the longest one's CPU time, and the
 * ratio of wall to CPU time of all (1: it had a core to itself). Throws an Error when there is no such task.
 */
export function longestTask(
  trace: string,
  begin: string,
  end: string,
): { readonly cpuMs: number; readonly wallPerCpu: number } {
  const events = v
    .parse(traceSchema, JSON.parse(trace))
    .traceEvents.flatMap((event) => {
      const read = v.safeParse(eventSchema, event);
      return read.success ? [read.output] : [];
    })
    .sort((a, b) => a.ts - b.ts);
  const first = events.find(({ name }) => name === begin);
  if (first === undefined) throw new Error(`the trace has no mark "${begin}"`);
  const tasks: (typeof events)[number][] = [];
  let isWatched = false;
  for (const event of events) {
    if (event.pid !== first.pid || event.tid !== first.tid) continue;
    if (event.name === begin) isWatched = true;
    else if (event.name === end) isWatched = false;
    else if (isWatched && event.ph === 'X' && event.name === TASK) tasks.push(event);
  }
  if (tasks.length === 0) throw new Error('the trace has no task of the page');
  const wallUs = tasks.reduce((sum, { dur }) => sum + dur, 0);
  const cpuUs = tasks.reduce((sum, { tdur }) => sum + tdur, 0);
  return {
    cpuMs: tasks.reduce((most, { tdur }) => Math.max(most, tdur), 0) / 1000,
    wallPerCpu: wallUs / Math.max(1, cpuUs),
  };
}

import { describe, expect, it } from 'vitest';
import { finishedView } from '../src/testing/samples/sample-view.ts';
import { createProgressBar, progressLine } from './progress.ts';

const open = finishedView({ phase: 'open', round: 2, received: ['client-0'], timeLeftMs: 65_000 });

describe('progressLine', () => {
  it('counts committed rounds and the updates of the open one', () => {
    // (1 round + 1 update of 2, with the commit as a third part) of 2 rounds = 2/3.
    expect(progressLine(open)).toBe(
      '[################--------]  66 % · round 2 of 2, 1 of 2 updates · accuracy 90.00 % · 1 min 5 s left',
    );
  });

  it('begins at nothing and ends at all', () => {
    expect(progressLine(finishedView({ phase: 'gathering', round: 0 }))).toContain('  0 %');
    expect(progressLine(finishedView())).toContain('100 % · finished');
  });

  it('says what a gathering run waits for', () => {
    const view = finishedView({ phase: 'gathering', note: 'Waiting for 1 more client.' });
    expect(progressLine(view)).toContain('Waiting for 1 more client.');
  });
});

describe('createProgressBar', () => {
  const show = (isTTY: boolean) => {
    let text = '';
    const bar = createProgressBar({ isTTY, write: (part: string) => (text += part) });
    bar.show(open);
    bar.show(open);
    bar.end();
    return text;
  };

  it('draws over itself on a terminal, only when something changed', () => {
    expect(show(true)).toBe(`\r\u001b[K${progressLine(open)}\n`);
  });

  it('prints one line per committed round elsewhere', () => {
    expect(show(false)).toBe(`${progressLine(open)}\n`);
  });
});

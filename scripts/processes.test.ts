// What the gate prints into a file or a pipe is read as text: no tool that it runs may colour it.
import { afterEach, expect, it } from 'vitest';
import { colourFor, run } from './processes.mjs';

const wasTerminal = process.stdout.isTTY;
afterEach(() => {
  process.stdout.isTTY = wasTerminal;
});

/** What a command finds in its environment. */
const SHOW = 'console.log([process.env.NO_COLOR, process.env.FORCE_COLOR].join(" "))';

it('a command whose output is kept is told not to colour it, whoever asks for colour', async () => {
  process.stdout.isTTY = true;
  const { output } = await run('node', ['-e', SHOW], { output: 'outcome' });
  expect(output.trim()).toBe('1 0');
});

it('a command that prints into our output colours it on a terminal alone', () => {
  process.stdout.isTTY = true;
  expect(colourFor('stdout')).toEqual({});
  process.stdout.isTTY = false;
  expect(colourFor('stdout')).toEqual({ NO_COLOR: '1', FORCE_COLOR: '0' });
});

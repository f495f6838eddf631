// Child processes with a time limit, ended as a whole group: npm, vitest and Playwright start
// children of their own that outlive a plain kill. Node built-ins only.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} Outcome
 * @property {number} code exit status; 124 when the time limit ended it, 127 when it could not start
 * @property {string} output what it printed, empty unless asked for by `output`
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM']);

/** @param {NodeJS.Signals} signal */
function endAll(signal) {
  for (const child of running) endGroup(child, 'SIGKILL');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

/**
 * Variables that keep colour codes out of what a command prints, unless a terminal shows it: some tools
 * look at the one, some at the other, and some colour whatever they print into.
 * @param {'stdout' | 'stderr' | 'outcome'} to
 * @returns {Record<string, string>}
 */
export function colourFor(to) {
  const isTerminal = to !== 'outcome' && process[to].isTTY;
  return isTerminal ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' };
}

/**
 * Runs a command to its end. What it prints goes to `output`: one of our own streams, or the outcome.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeLimitMs?: number, output?: 'stdout' | 'stderr' | 'outcome', env?: Record<string, string | undefined> }} [options]
 *   `env`: an undefined variable is not set
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { timeLimitMs, output: to = 'stderr', env = {} } = {}) {
  return new Promise((resolve) => {
    const stream = { stdout: 1, stderr: 2, outcome: /** @type {const} */ ('pipe') }[to];
    const child = spawn(command, args, {
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32',
      stdio: ['ignore', stream, to === 'stdout' ? 2 : stream],
      env: { ...process.env, ...colourFor(to), ...env },
    });
    if (running.size === 0) for (const signal of signals) process.on(signal, endAll);
    running.add(child);
    let output = '';
    let timedOut = false;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const timer =
      timeLimitMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup(child, 'SIGTERM');
            setTimeout(() => endGroup(child, 'SIGKILL'), 5_000).unref();
          }, timeLimitMs);
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (running.size === 0) for (const signal of signals) process.off(signal, endAll);
      resolve({ code: timedOut ? 124 : code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

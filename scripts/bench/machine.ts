// Where the figures were taken: without it they mean nothing.
import { arch, cpus, hostname, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly name: string;
  readonly cpu: string;
  readonly numCores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly browser: string;
}

export function describeMachine(browserVersion: string): Machine {
  const cores = cpus();
  return {
    name: hostname(),
    cpu: cores[0]?.model.trim() ?? 'unknown',
    numCores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    browser: `Chromium ${browserVersion}`,
  };
}

export function machineLine(machine: Machine): string {
  const { name, cpu, numCores, memoryGiB, system, node, browser } = machine;
  return `${name}: ${cpu}, ${numCores} cores, ${memoryGiB} GiB; ${system}; Node ${node}, ${browser}`;
}

// End-to-end tests: real tabs of the built app, one test at a time, because a federation takes every
// core. The app is built if it is not current and served on a free port, the same for all workers.
import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

process.env.E2E_PORT ??= String(await freePort());
const baseURL = `http://127.0.0.1:${process.env.E2E_PORT}/`;

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  timeout: 180_000,
  globalTimeout: 30 * 60_000, // a guard: six minutes on two quiet cores
  expect: { timeout: 10_000 },
  forbidOnly: true,
  use: { baseURL, launchOptions: chromiumLaunchOptions(), screenshot: 'only-on-failure' },
  webServer: {
    command: 'node scripts/serve.mjs',
    env: { PORT: process.env.E2E_PORT, NO_COLOR: '1', FORCE_COLOR: '0' },
    url: baseURL,
    timeout: 5 * 60_000,
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

// Two runners: `unit` in Node for the pure core, `browser` in real Chromium for what needs WebGL,
// WASM exceptions (node-seal 7 does not load in Node 20) or the Web Crypto of a page.
// Files: *.test.ts run in Node, *.browser.test.ts in Chromium.
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { ensureWasm } from './scripts/build-wasm.mjs';
import { chromiumLaunchOptions } from './scripts/chromium.mjs';

await ensureWasm(); // src/simd imports what this compiles

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'headless/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.{ts,tsx}'],
        },
      },
      {
        // The scanner does not reach what workers and lazy imports load: without the entries, vite finds
        // the tfjs kernels in the middle of a first run and reloads the page under the tests.
        optimizeDeps: {
          entries: ['src/**/*.browser.test.ts', 'src/simd/*.ts', 'src/tfjs/*.ts'],
          exclude: ['node-seal'],
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});

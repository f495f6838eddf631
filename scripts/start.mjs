// `npm start`: installs, builds and serves, each only where needed, and prints one URL. Until the
// dependencies are there, Node built-ins only.
import { ensureInstalled } from './install.mjs';

try {
  await ensureInstalled();
  const { ensureBuilt, isBuildCurrent } = await import('./build.mjs');
  if (!isBuildCurrent()) console.error('Building …');
  await ensureBuilt();
  const { serve } = await import('./serve.mjs');
  const { url } = await serve();
  console.log(`Roundtable is at ${url}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

// Reads the built page and its scripts from a folder and judges them.
import { readdirSync, readFileSync } from 'node:fs';
import { judgeBundle, type BundleVerdict } from './judge-bundle.ts';

/** Throws an Error when `folder` holds no build. */
export function readBundle(folder: string): BundleVerdict {
  const html = readFileSync(`${folder}/index.html`, 'utf8');
  const scripts = new Map<string, string>();
  for (const name of readdirSync(`${folder}/assets`)) {
    if (name.endsWith('.js')) {
      scripts.set(`assets/${name}`, readFileSync(`${folder}/assets/${name}`, 'utf8'));
    }
  }
  return judgeBundle(html, scripts);
}

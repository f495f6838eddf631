import { afterEach, expect, test } from 'vitest';
import '../styles/tokens.css';
import { pictureOf, rasterise } from './save-picture.ts';

afterEach(() => {
  delete document.documentElement.dataset['theme'];
  document.body.replaceChildren();
});

function chartOnPage(): SVGSVGElement {
  document.body.innerHTML = `
    <style>.a-line { stroke: var(--seat-0); stroke-width: 3; fill: none; }</style>
    <svg width="100" height="50"><path class="a-line" d="M0 25H100"/><text x="5" y="45">5 % &lt; 6 %</text></svg>`;
  return document.querySelector('svg')!;
}

const legend = [{ label: 'CKKS', colour: 'var(--accent)' }];

test('a picture carries its styles, in the light theme whatever the page shows', () => {
  document.documentElement.dataset['theme'] = 'dark';
  const svg = chartOnPage();
  expect(getComputedStyle(svg.querySelector('path')!).stroke).toBe('rgb(74, 165, 232)');
  const { text } = pictureOf(svg, 'Accuracy', legend);
  expect(text).toContain('stroke="rgb(0, 114, 178)"'); // --seat-0 in the light theme
  expect(text).toContain('fill="rgb(255, 255, 255)"'); // --surface in the light theme
  expect(text).not.toMatch(/class=|var\(|rgb\(74, 165, 232\)/);
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
  expect(document.querySelectorAll('svg')).toHaveLength(1);
});

test('a PNG has twice the pixels, and the line where it was drawn', async () => {
  const picture = pictureOf(chartOnPage(), 'Accuracy', []);
  const bitmap = await createImageBitmap(await rasterise(picture));
  expect([bitmap.width, bitmap.height]).toEqual([picture.width * 2, picture.height * 2]);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const pixel = (x: number, y: number) => [...context.getImageData(x, y, 1, 1).data];
  expect(pixel(2, 2)).toEqual([255, 255, 255, 255]);
  // The chart stands 16 px from the left and 16 px above the lower edge; its line is at half height.
  expect(pixel(2 * (16 + 50), 2 * (picture.height - 16 - 25))).toEqual([0, 114, 178, 255]);
});

import { expect, test } from 'vitest';
import { serialise, svgDocument } from './svg-text.ts';

const body = {
  tag: 'svg',
  attributes: { width: '300', height: '100' },
  children: [{ tag: 'path', attributes: { d: 'M0 0L1 1', stroke: 'rgb(1, 2, 3)' }, children: [] }],
};

test('markup in labels stays text', () => {
  const node = { tag: 'text', attributes: { 'data-x': '"&<' }, children: ['a < b & c\u0000'] };
  expect(serialise(node)).toBe('<text data-x="&quot;&amp;&lt;">a &lt; b &amp; c</text>');
});

test('a document stands alone: namespace, opaque background, title, legend, chart', () => {
  const { text, width, height } = svgDocument({
    width: 300,
    height: 100,
    title: 'Accuracy <per> round',
    legend: [{ label: 'CKKS & co', colour: 'rgb(0, 114, 178)', dash: '2 4' }],
    background: 'rgb(255, 255, 255)',
    textColour: 'rgb(0, 0, 0)',
    body,
  });
  expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  expect(text).toContain(`width="${width}" height="${height}"`);
  expect(text).toContain('<rect width="100%" height="100%" fill="rgb(255, 255, 255)"/>');
  expect(text).toContain('<title>Accuracy &lt;per&gt; round</title>');
  expect(text).toContain('stroke="rgb(0, 114, 178)" stroke-width="3" stroke-dasharray="2 4"');
  expect(text).toContain('CKKS &amp; co');
  expect(text).toContain('<path d="M0 0L1 1" stroke="rgb(1, 2, 3)"/>');
  expect(text).not.toMatch(/class=|style=|var\(/);
});

test('a legend that is too wide goes on in the next line and makes the picture higher', () => {
  const picture = { width: 300, height: 100, title: 't', background: 'white', textColour: 'black', body }; // prettier-ignore
  const entry = { label: 'a label of some length', colour: 'red' };
  const one = svgDocument({ ...picture, legend: [entry] });
  const three = svgDocument({ ...picture, legend: [entry, entry, entry] });
  expect(three.height).toBeGreaterThan(one.height);
  expect(svgDocument({ ...picture, legend: [] }).height).toBeLessThan(one.height);
});

// Saving a chart as a file. The picture is a copy of the SVG on the page with every style written
// into it, in the light theme whatever the page shows, because it is meant for paper and slides.
import { svgDocument, type LegendEntry, type SvgNode } from './svg-text.ts';

/** Computed styles that a chart's marks use, in SVG's names. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-size',
  'font-weight',
  'text-anchor',
] as const;
const DROPPED_ATTRIBUTES = /^(class|style|tabindex|role|data-.*|aria-.*)$/;
const GRAPHICS = new Set(['path', 'line', 'rect', 'circle', 'text', 'tspan', 'polygon', 'g']);
/** PNG pixels for one px of the page. */
const PNG_SCALE = 2;

/** `svg` must be on the page. Colours of the legend may be `var(--…)`. */
export function pictureOf(svg: SVGSVGElement, title: string, legend: readonly LegendEntry[]) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const stage = document.createElement('div');
  stage.style.cssText = `color-scheme: light; position: absolute; left: -99999px; width: ${width}px; color: var(--ink); background: var(--surface)`;
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const probe = document.createElement('span');
  stage.append(copy, probe);
  document.body.append(stage);
  try {
    const colour = (value: string) => {
      probe.style.color = value;
      return getComputedStyle(probe).color;
    };
    return svgDocument({
      width,
      height,
      title,
      legend: legend.map((entry) => ({ ...entry, colour: colour(entry.colour) })),
      background: getComputedStyle(stage).backgroundColor,
      textColour: getComputedStyle(stage).color,
      body: read(copy),
    });
  } finally {
    stage.remove();
  }
}

/** A PNG of an SVG document, at twice its size. Rejects when the browser cannot draw it. */
export async function rasterise(picture: {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([picture.text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(picture.width, picture.height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.width * PNG_SCALE;
    canvas.height = picture.height * PNG_SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('the browser made no PNG of it'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function download(content: Blob | string, fileName: string, mediaType = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: mediaType }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has begun by the next task; revoking at once cancels it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function read(element: Element): SvgNode {
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    if (!DROPPED_ATTRIBUTES.test(name)) attributes[name] = value;
  }
  if (GRAPHICS.has(element.tagName)) {
    const style = getComputedStyle(element);
    for (const name of STYLES) {
      const value = style.getPropertyValue(name);
      if (value !== '') attributes[name] = value;
    }
  }
  const children: (SvgNode | string)[] = [];
  for (const child of element.childNodes) {
    if (child instanceof Element) children.push(read(child));
    else if (child.nodeType === Node.TEXT_NODE) children.push(child.textContent ?? '');
  }
  return { tag: element.tagName, attributes, children };
}

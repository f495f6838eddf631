// An SVG picture as text, from a plain tree of nodes: what is saved must look the same without this
// page's style sheet, so every node carries its own presentation attributes.

export interface SvgNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (SvgNode | string)[];
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly dash?: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly background: string;
  readonly textColour: string;
  /** The chart as it is drawn on the page, `width` × `height` px. */
  readonly body: SvgNode;
}

const MARGIN = 16;
const TITLE_HEIGHT = 32;
const LEGEND_HEIGHT = 20;
const FONT = 'system-ui, sans-serif';
/** Width of a letter at 12 px, for placing legend entries without measuring them. */
const LETTER_WIDTH = 6.6;

/** A standalone SVG document: title, legend and chart on an opaque background. */
export function svgDocument(picture: Picture): { text: string; width: number; height: number } {
  const legend = placeLegend(picture.legend, picture.width);
  const top = MARGIN + TITLE_HEIGHT + legend.numLines * LEGEND_HEIGHT;
  const width = picture.width + 2 * MARGIN;
  const height = picture.height + top + MARGIN;
  const root: SvgNode = {
    tag: 'svg',
    attributes: {
      xmlns: 'http://www.w3.org/2000/svg',
      width: String(width),
      height: String(height),
      viewBox: `0 0 ${width} ${height}`,
      'font-family': FONT,
    },
    children: [
      { tag: 'title', attributes: {}, children: [picture.title] },
      {
        tag: 'rect',
        attributes: { width: '100%', height: '100%', fill: picture.background },
        children: [],
      },
      text(picture.title, MARGIN, MARGIN + 16, picture.textColour, {
        'font-size': '15',
        'font-weight': '600',
      }),
      ...legend.entries.flatMap(({ entry, x, line }) => {
        const y = MARGIN + TITLE_HEIGHT + line * LEGEND_HEIGHT;
        return [
          {
            tag: 'path',
            attributes: {
              d: `M${MARGIN + x} ${y}h20`,
              stroke: entry.colour,
              'stroke-width': '3',
              ...(entry.dash === undefined ? {} : { 'stroke-dasharray': entry.dash }),
            },
            children: [],
          },
          text(entry.label, MARGIN + x + 26, y + 4, picture.textColour, { 'font-size': '12' }),
        ];
      }),
      {
        tag: 'g',
        attributes: { transform: `translate(${MARGIN} ${top})` },
        children: [picture.body],
      },
    ],
  };
  return { text: serialise(root), width, height };
}

/** A node and everything in it as XML; text and attributes are escaped. */
export function serialise(node: SvgNode): string {
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => ` ${name}="${escape(value)}"`)
    .join('');
  if (node.children.length === 0) return `<${node.tag}${attributes}/>`;
  const inner = node.children.map((child) =>
    typeof child === 'string' ? escape(child) : serialise(child),
  );
  return `<${node.tag}${attributes}>${inner.join('')}</${node.tag}>`;
}

function placeLegend(entries: readonly LegendEntry[], width: number) {
  let x = 0;
  let line = 0;
  const placed = entries.map((entry) => {
    const entryWidth = 26 + entry.label.length * LETTER_WIDTH + 16;
    if (x > 0 && x + entryWidth > width) {
      x = 0;
      line += 1;
    }
    const place = { entry, x, line };
    x += entryWidth;
    return place;
  });
  return { entries: placed, numLines: entries.length === 0 ? 0 : line + 1 };
}

function text(
  content: string,
  x: number,
  y: number,
  colour: string,
  attributes: Record<string, string>,
): SvgNode {
  return {
    tag: 'text',
    attributes: { x: String(x), y: String(y), fill: colour, ...attributes },
    children: [content],
  };
}

function escape(raw: string): string {
  return (
    raw
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Characters that XML 1.0 does not allow at all.
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  );
}

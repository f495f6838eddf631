// Where the seats are: evenly by arc length on an ellipse that fills the picture, with as much
// detail as their distance allows. Beyond MOST_MARKS seats, neighbours share one mark. All lengths
// are CSS pixels; the picture is laid out at its real size so that text never shrinks.

export const MOST_MARKS = 30;

/** `full`: ring and four lines of text; `compact`: ring, state, labels; `dot`: ring and number. */
export type SeatDetail = 'full' | 'compact' | 'dot';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface SeatMark extends Point {
  /** First seat of the mark, and how many it stands for. */
  readonly seat: number;
  readonly size: number;
  /** Where an update is put on the table, and where it meets the server's rim. */
  readonly edge: Point;
  readonly rim: Point;
}

export interface TableLayout {
  readonly width: number;
  readonly height: number;
  readonly centre: Point;
  readonly hubRadius: number;
  readonly surface: { readonly rx: number; readonly ry: number };
  readonly detail: SeatDetail;
  readonly ringRadius: number;
  readonly marks: readonly SeatMark[];
}

/** Room that a seat takes, [width, height], and the radius of its ring. */
const seatBoxes: Readonly<Record<SeatDetail, { width: number; height: number; ring: number }>> = {
  full: { width: 128, height: 118, ring: 26 },
  compact: { width: 44, height: 54, ring: 15 },
  dot: { width: 28, height: 28, ring: 11 },
};
const details: readonly SeatDetail[] = ['full', 'compact', 'dot'];
const MARGIN = 8;
const SMALLEST_HUB = 52;
const LARGEST_HUB = 84;
/** Beyond this the table of three seats would no longer look round. */
const LARGEST_STRETCH = 1.2;
const MOST_OF_WIDTH = 0.78;

/** `numSeats` ≥ 1. */
export function layoutTable(numSeats: number, width: number, height: number): TableLayout {
  const seatsPerMark = Math.ceil(numSeats / MOST_MARKS);
  const numMarks = Math.ceil(numSeats / seatsPerMark);
  const detail = details.find((one) => fits(one, numMarks, width, height)) ?? 'dot';
  const box = seatBoxes[detail];
  const { offsets, ry, shift } = placeSeats(detail, numMarks, width, height);
  const centre = { x: width / 2, y: height / 2 + shift };
  const surface = surfaceInside(offsets, box, width, ry);
  const room = 0.62 * Math.min(surface.rx, surface.ry);
  const hubRadius = Math.min(LARGEST_HUB, Math.max(SMALLEST_HUB, room));
  const marks = offsets.map((offset, index) => {
    const distance = Math.hypot(offset.x, offset.y);
    const direction = { x: offset.x / distance, y: offset.y / distance };
    const toEdge = 1 / Math.hypot(direction.x / surface.rx, direction.y / surface.ry);
    const seat = index * seatsPerMark;
    return {
      seat,
      size: Math.min(seatsPerMark, numSeats - seat),
      x: centre.x + offset.x,
      y: centre.y + offset.y,
      edge: along(centre, direction, Math.max(toEdge - 14, hubRadius + 10)),
      rim: along(centre, direction, hubRadius),
    };
  });
  return { width, height, centre, hubRadius, surface, detail, ringRadius: box.ring, marks };
}

/** A point a share of the way from `from` to `to`. */
export function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function along(from: Point, direction: Point, distance: number): Point {
  return { x: from.x + direction.x * distance, y: from.y + direction.y * distance };
}

/**
 * Seats' middles relative to the server's. Few seats do not reach the bottom of their ellipse (three
 * stop half way down), so it is stretched, and moved by `shift`, until they use the height.
 */
function placeSeats(detail: SeatDetail, numMarks: number, width: number, height: number) {
  const box = seatBoxes[detail];
  const rx = Math.max((width - box.width) / 2 - MARGIN, 1);
  const plainRy = Math.max((height - box.height) / 2 - MARGIN, 1);
  const angles = arcLengthAngles(numMarks, rx, plainRy);
  const lowest = Math.max(...angles.map(Math.sin));
  const stretch = numMarks < 3 ? 1 : Math.min(LARGEST_STRETCH, 2 / (1 + lowest));
  const ry = plainRy * stretch;
  return {
    offsets: angles.map((angle) => ({ x: rx * Math.cos(angle), y: ry * Math.sin(angle) })),
    ry,
    shift: ry - plainRy,
  };
}

/** The largest table, of the seats' proportions, that touches no seat. */
function surfaceInside(
  offsets: readonly Point[],
  box: { readonly width: number; readonly height: number },
  width: number,
  ry: number,
) {
  const full = { rx: width / 2, ry: ry + MARGIN };
  const scales = offsets.map(({ x, y }) => {
    // The point of the seat's box that is nearest to the middle, axis by axis.
    const nearX = Math.max(0, Math.abs(x) - box.width / 2 - MARGIN / 2);
    const nearY = Math.max(0, Math.abs(y) - box.height / 2 - MARGIN / 2);
    return Math.hypot(nearX / full.rx, nearY / full.ry);
  });
  const scale = Math.min(MOST_OF_WIDTH, ...scales);
  return { rx: full.rx * scale, ry: full.ry * scale };
}

/** No two seats overlap, and the server has its room in the middle. */
function fits(detail: SeatDetail, numMarks: number, width: number, height: number): boolean {
  const box = seatBoxes[detail];
  const { offsets, ry } = placeSeats(detail, numMarks, width, height);
  const inner = Math.min((width - box.width) / 2 - MARGIN - box.width / 2, ry - box.height / 2);
  if (inner < SMALLEST_HUB + 24) return false;
  return offsets.every((one, index) =>
    offsets.every(
      (other, otherIndex) =>
        index === otherIndex ||
        Math.abs(one.x - other.x) >= box.width ||
        Math.abs(one.y - other.y) >= box.height,
    ),
  );
}

/** Parameters t of (rx cos t, ry sin t), the first at the top, at equal arc lengths clockwise. */
function arcLengthAngles(count: number, rx: number, ry: number): number[] {
  const steps = 720;
  const lengths = [0];
  for (let step = 1; step <= steps; step++) {
    // Midpoint rule for the speed |d/dt (rx cos t, ry sin t)|.
    const middle = (2 * Math.PI * (step - 0.5)) / steps - Math.PI / 2;
    const speed = Math.hypot(rx * Math.sin(middle), ry * Math.cos(middle));
    lengths.push(lengths[step - 1]! + (speed * 2 * Math.PI) / steps);
  }
  const total = lengths[steps]!;
  const angles: number[] = [];
  let step = 0;
  for (let index = 0; index < count; index++) {
    const wanted = (total * index) / count;
    while (lengths[step + 1]! < wanted) step++;
    const share = (wanted - lengths[step]!) / (lengths[step + 1]! - lengths[step]!);
    angles.push((2 * Math.PI * (step + share)) / steps - Math.PI / 2);
  }
  return angles;
}

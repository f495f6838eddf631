// One small line drawing for each thing a client can be doing, 16 × 16 around the origin. Shapes,
// not colours, tell the phases apart: colour is the client's.
import type { ClientPhase } from '../../core/protocol/client-messages.ts';
import type { ClientStanding } from '../../core/protocol/view.ts';

export type GlyphName = ClientPhase | 'failed' | 'unresponsive' | 'done';

const BODY_OF_LOCK = 'M-5 -0.5 H5 V7 H-5 Z';
const paths: Readonly<Record<GlyphName, string>> = {
  idle: 'M-5 0 H-4.9 M0 0 H0.1 M5 0 H5.1',
  waiting: 'M-5 0 H-4.9 M0 0 H0.1 M5 0 H5.1',
  preparing: 'M0 -7 V2 M-3.5 -1.5 L0 2 L3.5 -1.5 M-6.5 3 V6.5 H6.5 V3',
  /** A loss that falls. */
  training: 'M-7 -6 C-4 3 -1 5 7 5.5 M-7 -7 V7 H7',
  encrypting: `${BODY_OF_LOCK} M-3 -0.5 V-3.5 A3 3 0 0 1 3 -3.5 V-0.5`,
  decrypting: `${BODY_OF_LOCK} M-3 -0.5 V-4.5 A3 3 0 0 1 2.6 -6`,
  sending: 'M-7 0 H6 M1.5 -4.5 L6 0 L1.5 4.5',
  evaluating: 'M-6.5 7 V1 M-2 7 V-3 M2.5 7 V-1 M7 7 V-6.5',
  failed: 'M-5 -5 L5 5 M5 -5 L-5 5',
  unresponsive: 'M-3 -3.5 A3 3 0 1 1 0 0.5 V2.5 M0 6 H0.1',
  done: 'M-6 0.5 L-2 5 L6 -5',
};

export function glyphName(standing: ClientStanding, phase: ClientPhase, added: boolean): GlyphName {
  if (standing === 'failed') return 'failed';
  if (standing === 'unresponsive') return 'unresponsive';
  if (standing === 'preparing') return 'preparing';
  return added ? 'done' : phase;
}

export function PhaseGlyph({ name, scale = 1 }: { name: GlyphName; scale?: number }) {
  return <path className="glyph" d={paths[name]} transform={`scale(${scale})`} />;
}

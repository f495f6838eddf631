// What travels over an endpoint (a MessagePort). One endpoint carries several connections, each a
// channel with a number that the connecting side chose; what happens to one channel happens to no other.
import * as v from 'valibot';

const channel = v.pipe(v.number(), v.integer(), v.minValue(0));

export const frameSchema = v.variant('frame', [
  /** First in each direction: the lock that this side holds while it lives. */
  v.strictObject({ frame: v.literal('hello'), lock: v.string() }),
  v.strictObject({ frame: v.literal('open'), channel }),
  /** A message for these channels, the same for all. */
  v.strictObject({
    frame: v.literal('to'),
    channels: v.array(channel),
    message: v.unknown(),
  }),
  /** This side has closed the channel. */
  v.strictObject({ frame: v.literal('close'), channel }),
  /** This side has closed the endpoint with all of its channels. */
  v.strictObject({ frame: v.literal('end') }),
]);
export type Frame = v.InferOutput<typeof frameSchema>;
/** What concerns channels; the rest is the endpoint's own business. */
export type ChannelFrame = Exclude<Frame, { frame: 'hello' | 'end' }>;

// Which buffers of a message are handed over rather than copied. After sending, they belong to the
// receiver and the sender's views are empty; who still needs the bytes sends a copy.

/** The buffers of a message's own Uint8Array fields (and of `weights.sealed`), for postMessage's transfer list. */
export function transferablesOf(message: object): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const value of Object.values(message)) {
    if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) {
      buffers.push(value.buffer);
    } else if (isPlainObject(value)) {
      buffers.push(...transferablesOf(value));
    }
  }
  return buffers;
}

/** The same message with every Uint8Array copied, so that sending it takes nothing from the sender. */
export function withOwnBytes<Message extends object>(message: Message): Message {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(message)) {
    if (value instanceof Uint8Array) copy[key] = value.slice();
    else copy[key] = isPlainObject(value) ? withOwnBytes(value) : value;
  }
  return copy as Message;
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

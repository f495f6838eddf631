// Bytes as rows of a hex dump, for people to see that a ciphertext looks like nothing.

export interface ByteRow {
  /** Offset of the row's first byte in the message. */
  readonly offset: number;
  /** Two hexadecimal digits each. */
  readonly cells: readonly { readonly hex: string; readonly isHeader: boolean }[];
}

/** Rows of `perRow` bytes; bytes before `headerBytes` (an offset in the message) are marked as header. */
export function byteRows(
  bytes: Uint8Array,
  perRow: number,
  headerBytes = 0,
  firstOffset = 0,
): ByteRow[] {
  const rows: ByteRow[] = [];
  for (let from = 0; from < bytes.length; from += perRow) {
    const cells = Array.from(bytes.subarray(from, from + perRow), (byte, index) => ({
      hex: byte.toString(16).padStart(2, '0'),
      isHeader: firstOffset + from + index < headerBytes,
    }));
    rows.push({ offset: firstOffset + from, cells });
  }
  return rows;
}

// Bytes as rows of a hex dump, for people to see that a ciphertext looks like nothing.

export interface ByteRow {
  /** Of the row's first byte. */
  readonly offset: number;
  /** Two hexadecimal digits each. */
  readonly cells: readonly string[];
}

export function byteRows(bytes: Uint8Array, perRow: number): ByteRow[] {
  const rows: ByteRow[] = [];
  for (let offset = 0; offset < bytes.length; offset += perRow) {
    const cells = Array.from(bytes.subarray(offset, offset + perRow), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    rows.push({ offset, cells });
  }
  return rows;
}

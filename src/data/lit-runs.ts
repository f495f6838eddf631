// Images as runs of lit pixels, the format of the data files (scripts/prepare-data.mjs writes it). A
// handwritten digit is four fifths dark, so that runs are as small as gzip's output and any image can
// be unpacked alone. A file: the length of each image's runs as uint16, little-endian, then the runs.
// A run: how many dark pixels come (one byte), how many pixels follow (one byte), those pixels. What is
// left of an image after its last run is dark.

/** Where each image's runs begin and the last ones end: [numImages + 1] offsets into the file. */
export function runOffsets(file: Uint8Array, numImages: number): Uint32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const offsets = new Uint32Array(numImages + 1);
  let at = 2 * numImages;
  if (at > file.length) throw new RangeError(`the file is too short for ${numImages} images`);
  for (let image = 0; image < numImages; image++) {
    offsets[image] = at;
    at += view.getUint16(2 * image, true);
  }
  if (at !== file.length) throw new RangeError(`the file is not one of ${numImages} images`);
  offsets[numImages] = at;
  return offsets;
}

/**
 * Writes the image whose runs are file[from, to) to `pixels` [numPixels], which are 0 before. Throws
 * RangeError when the runs do not fit the image or end in the middle of one.
 */
export function unpackImage(file: Uint8Array, from: number, to: number, pixels: Uint8Array): void {
  let pixel = 0;
  let at = from;
  while (at < to) {
    pixel += file[at]!;
    const numLit = at + 1 < to ? file[at + 1]! : 0;
    at += 2;
    if (at + numLit > to || pixel + numLit > pixels.length) {
      throw new RangeError('the runs of an image do not fit it');
    }
    for (const end = at + numLit; at < end; at++) pixels[pixel++] = file[at]!;
  }
}

// Combines PNGs of the same size into an animated PNG. Each frame contains only what has changed since the previous
// one.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * @param {{ png: Buffer, ms: number }[]} frames each with its duration
 * @returns {Buffer}
 */
export function animated(frames) {
  const pictures = frames.map(({ png }) => decoded(png));
  const [{ width, height }] = pictures;
  const parts = [
    signature,
    chunk('IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('acTL', Buffer.concat([uint32(frames.length), uint32(0)])),
  ];
  let sequence = 0;
  for (const [index, picture] of pictures.entries()) {
    const box = index === 0 ? { left: 0, top: 0, right: width, bottom: height } : changed(pictures[index - 1], picture);
    const size = [box.right - box.left, box.bottom - box.top];
    const control = Buffer.concat([
      ...[sequence++, ...size, box.left, box.top].map(uint32),
      // Duration as a fraction: ms / 1000. The previous frame stays, and is painted over.
      ...[frames[index].ms, 1000].map(uint16),
      Buffer.from([0, 0]),
    ]);
    const data = deflateSync(rows(picture, box), { level: 9 });
    parts.push(chunk('fcTL', control));
    parts.push(index === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([uint32(sequence++), data])));
  }
  parts.push(chunk('IEND', Buffer.alloc(0)));
  return Buffer.concat(parts);
}

const uint32 = value => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const uint16 = value => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
}

/** The pixels of a PNG with 8 bits per channel, three bytes each. */
function decoded(png) {
  let at = signature.length;
  let head;
  const data = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') head = content;
    if (name === 'IDAT') data.push(content);
    at += 12 + length;
  }
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[head[9]];
  if (head[8] !== 8 || head[12] !== 0 || channels === undefined) throw new Error('not a PNG of a browser');
  const raw = inflateSync(Buffer.concat(data));
  const line = width * channels;
  const pixels = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(line);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    const own = Buffer.from(raw.subarray(y * (line + 1) + 1, (y + 1) * (line + 1)));
    for (let x = 0; x < line; x++) {
      const left = x < channels ? 0 : own[x - channels];
      const corner = x < channels ? 0 : above[x - channels];
      own[x] += [0, left, above[x], (left + above[x]) >> 1, paeth(left, above[x], corner)][filter];
    }
    for (let x = 0; x < width; x++) own.copy(pixels, (y * width + x) * 3, x * channels, x * channels + 3);
    above = own;
  }
  return { width, height, pixels };
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [left, above, corner].map(each => Math.abs(guess - each));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/** The smallest box that contains all differences of two pictures; a single pixel if they are equal. */
function changed(before, { width, height, pixels }) {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      if (pixels.compare(before.pixels, at, at + 3, at, at + 3) === 0) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = y + 1;
    }
  return box.right === 0 ? { left: 0, top: 0, right: 1, bottom: 1 } : box;
}

/** The rows of a box without filters, which compresses best for text on a plain background. */
function rows({ width, pixels }, { left, top, right, bottom }) {
  const lines = [];
  for (let y = top; y < bottom; y++)
    lines.push(Buffer.from([0]), pixels.subarray((y * width + left) * 3, (y * width + right) * 3));
  return Buffer.concat(lines);
}

// The square of a QR code: its fixed patterns, the data along its path, and the masks.
type Square = (boolean | null)[][];

// Centres of the alignment patterns of versions 1 to 10 (annex E).
const alignment: readonly (readonly number[])[] = [
  [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
];
const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The remainder of a BCH code, put behind its data. */
function bch(data: number, divisor: number, width: number): number {
  let rest = data << width;
  const top = 31 - Math.clz32(divisor);
  while (rest !== 0 && 31 - Math.clz32(rest) >= top) rest ^= divisor << (31 - Math.clz32(rest) - top);
  return (data << width) | rest;
}

function set(square: Square, x: number, y: number, dark: boolean): void {
  const row = square[y];
  if (row && x >= 0 && x < row.length) row[x] = dark;
}

function finder(square: Square, left: number, top: number): void {
  for (let y = -1; y <= 7; y += 1) {
    for (let x = -1; x <= 7; x += 1) {
      const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
      set(square, left + x, top + y, ring !== 2 && ring !== 4);
    }
  }
}

function fixedPatterns(version: number): Square {
  const size = 17 + 4 * version;
  const square: Square = Array.from({ length: size }, () => new Array<boolean | null>(size).fill(null));
  for (let i = 0; i < size; i += 1) {
    set(square, i, 6, i % 2 === 0);
    set(square, 6, i, i % 2 === 0);
  }
  const centres = alignment[version - 1] ?? [];
  const last = centres.length - 1;
  centres.forEach((cy, row) => centres.forEach((cx, column) => {
    if ((row === 0 && column === 0) || (row === 0 && column === last) || (row === last && column === 0)) return;
    for (let y = -2; y <= 2; y += 1) for (let x = -2; x <= 2; x += 1) set(square, cx + x, cy + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
  }));
  finder(square, 0, 0);
  finder(square, size - 7, 0);
  finder(square, 0, size - 7);
  if (version >= 7) {
    const bits = bch(version, 0x1f25, 12);
    for (let i = 0; i < 18; i += 1) {
      const dark = ((bits >> i) & 1) === 1, a = size - 11 + (i % 3), b = Math.floor(i / 3);
      set(square, a, b, dark);
      set(square, b, a, dark);
    }
  }
  return square;
}

/** Level M and the mask, twice (figure 25). */
function format(square: Square, mask: number): void {
  const size = square.length;
  const bits = bch(mask, 0x537, 10) ^ 0x5412;  // level M is 00
  for (let i = 0; i < 15; i += 1) {
    const dark = ((bits >> i) & 1) === 1;
    set(square, 8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, dark);
    set(square, i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, dark);
  }
  set(square, 8, size - 8, true);
}

/** The whole code with this mask. */
export function draw(version: number, stream: readonly number[], mask: number): boolean[][] {
  const square = fixedPatterns(version);
  format(square, mask);
  const size = square.length, masked = masks[mask] ?? (() => false);
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const upwards = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = upwards ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = square[y];
        if (!row || row[x] !== null) continue;
        const dark = (((stream[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        row[x] = dark !== masked(x, y);
        bit += 1;
      }
    }
  }
  return square.map((row) => row.map((dark) => dark === true));
}

function runs(line: readonly boolean[]): number {
  let penalty = 0, length = 0;
  line.forEach((dark, i) => {
    length = i > 0 && dark === line[i - 1] ? length + 1 : 1;
    if (length === 5) penalty += 3;
    else if (length > 5) penalty += 1;
  });
  const text = line.map((dark) => (dark ? '1' : '0')).join('');
  for (const pattern of ['10111010000', '00001011101']) {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) penalty += 40;
  }
  return penalty;
}

/** How hard it is to read (section 7.8.3): less is better. */
export function maskWorst(square: readonly (readonly boolean[])[]): number {
  const size = square.length;
  let penalty = 0, dark = 0;
  for (let y = 0; y < size; y += 1) {
    penalty += runs(square[y] ?? []) + runs(square.map((row) => row[y] ?? false));
    for (let x = 0; x < size; x += 1) {
      const here = square[y]?.[x] ?? false;
      if (here) dark += 1;
      if (x > 0 && y > 0 && here === square[y - 1]?.[x] && here === square[y]?.[x - 1] && here === square[y - 1]?.[x - 1]) penalty += 3;
    }
  }
  return penalty + 10 * Math.floor(Math.abs((dark * 100) / (size * size) - 50) / 5);
}

// Reed-Solomon over GF(256) with the polynomial 0x11d, as QR codes use it.
const exponent: number[] = [];
const logarithm: number[] = [];
for (let i = 0, value = 1; i < 255; i += 1) {
  exponent[i] = value;
  logarithm[value] = i;
  value = value & 0x80 ? ((value << 1) ^ 0x11d) : value << 1;
}

function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : exponent[((logarithm[a] ?? 0) + (logarithm[b] ?? 0)) % 255] ?? 0;
}

function generator(degree: number): number[] {
  let polynomial = [1];
  for (let i = 0; i < degree; i += 1) {
    const next = new Array<number>(polynomial.length + 1).fill(0);
    polynomial.forEach((factor, at) => {
      next[at] = (next[at] ?? 0) ^ factor;
      next[at + 1] = (next[at + 1] ?? 0) ^ product(factor, exponent[i] ?? 0);
    });
    polynomial = next;
  }
  return polynomial;
}

/** The correction bytes of a block. */
export function remainders(data: readonly number[], degree: number): number[] {
  const divisor = generator(degree);
  const rest = [...data, ...new Array<number>(degree).fill(0)];
  for (let i = 0; i < data.length; i += 1) {
    const factor = rest[i] ?? 0;
    if (factor !== 0) divisor.forEach((one, at) => (rest[i + at] = (rest[i + at] ?? 0) ^ product(one, factor)));
  }
  return rest.slice(data.length);
}

/** Cuts the data into blocks of these sizes. */
export function blocks(data: readonly number[], groups: readonly (readonly [number, number])[]): number[][] {
  const out: number[][] = [];
  let at = 0;
  for (const [number, size] of groups) {
    for (let i = 0; i < number; i += 1) {
      out.push(data.slice(at, at + size));
      at += size;
    }
  }
  return out;
}

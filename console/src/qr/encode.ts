// QR codes of bytes (ISO/IEC 18004), error correction M, versions 1 to 10: enough for an otpauth
// URI. Pure.
import { blocks, remainders } from './error_correction';
import { draw, maskWorst } from './matrix';

// Data bytes of each version at level M, as blocks: [number, data bytes of each] …, and the bytes
// of error correction of each block (table 9).
interface Version { groups: readonly (readonly [number, number])[]; correction: number }
export const versions: readonly Version[] = [
  { groups: [[1, 16]], correction: 10 },
  { groups: [[1, 28]], correction: 16 },
  { groups: [[1, 44]], correction: 26 },
  { groups: [[2, 32]], correction: 18 },
  { groups: [[2, 43]], correction: 24 },
  { groups: [[4, 27]], correction: 16 },
  { groups: [[4, 31]], correction: 18 },
  { groups: [[2, 38], [2, 39]], correction: 22 },
  { groups: [[3, 36], [2, 37]], correction: 22 },
  { groups: [[4, 43], [1, 44]], correction: 26 },
];

const capacity = ({ groups }: Version) => groups.reduce((sum, [number, size]) => sum + number * size, 0);

/** Mode, count, the bytes, and padding up to the capacity. */
function dataBytes(bytes: Uint8Array, version: number, room: number): number[] {
  const bits: number[] = [];
  const push = (value: number, width: number) => {
    for (let bit = width - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, room * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const out: number[] = [];
  for (let at = 0; at < bits.length; at += 8) out.push(bits.slice(at, at + 8).reduce((byte, bit) => byte * 2 + bit, 0));
  for (let pad = 0; out.length < room; pad += 1) out.push(pad % 2 === 0 ? 0xec : 0x11);
  return out;
}

/** Rows of modules, true is dark; throws when the text is longer than version 10 holds. */
export function encode(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const at = versions.findIndex((version, i) => capacity(version) >= bytes.length + (i < 9 ? 2 : 3));
  const version = versions[at];
  if (!version) throw new Error('too long for a QR code of ours');
  const parts = blocks(dataBytes(bytes, at + 1, capacity(version)), version.groups);
  const corrections = parts.map((part) => remainders(part, version.correction));
  const stream: number[] = [];
  const longest = Math.max(...parts.map((part) => part.length));
  for (let i = 0; i < longest; i += 1) for (const part of parts) if (i < part.length) stream.push(part[i] ?? 0);
  for (let i = 0; i < version.correction; i += 1) for (const part of corrections) stream.push(part[i] ?? 0);
  const candidates = [0, 1, 2, 3, 4, 5, 6, 7].map((mask) => draw(at + 1, stream, mask));
  return candidates.reduce((best, next) => (maskWorst(next) < maskWorst(best) ? next : best));
}

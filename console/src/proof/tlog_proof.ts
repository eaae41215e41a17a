// c2sp.org/tlog-proof@v1: the number of an entry, the hashes beside its way up, a checkpoint.
import { fromBase64, type Bytes } from './bytes';

export interface Proof { index: bigint; path: Bytes[]; checkpoint: string }

const firstLine = 'c2sp.org/tlog-proof@v1';
const longestPath = 64;

export function parseProof(text: string): Proof {
  const gap = text.indexOf('\n\n');
  if (gap < 0) throw new Error('the proof ends too early');
  const lines = text.slice(0, gap).split('\n');
  if (lines.shift() !== firstLine) throw new Error('not a tlog-proof@v1');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = /^index (0|[1-9]\d{0,18})$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined) throw new Error('the proof names no entry');
  if (lines.length > longestPath) throw new Error('the proof is too long');
  const path = lines.map(fromBase64);
  if (path.some((hash) => hash.length !== 32)) throw new Error('the proof has a line that is no hash');
  return { index: BigInt(index), path, checkpoint: text.slice(gap + 2) };
}

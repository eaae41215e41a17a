// Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, with Ed25519.
import { bytesOf, fromBase64, same, sha256, type Bytes } from './bytes';

export interface VerifierKey {
  name: string;
  /** The first four bytes of SHA-256(name, newline, 0x01, key). */
  id: Bytes;
  key: Bytes;
}
export interface TreeHead { origin: string; size: bigint; root: Bytes }

const ed25519 = 0x01;
const largest = 1n << 63n;

/** "<name>+<id in hex>+<base64 of 0x01 and the key>"; throws when the id is not the key's. */
export async function parseVerifierKey(text: string): Promise<VerifierKey> {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim());
  if (!found) throw new Error('not a verifier key');
  const [, name = '', hex = '', encoded = ''] = found;
  const typed = fromBase64(encoded);
  if (typed.length !== 33 || typed[0] !== ed25519) throw new Error('not an Ed25519 key');
  const id = (await sha256(bytesOf(`${name}\n`), typed)).slice(0, 4);
  const said = Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  if (!same(id, said)) throw new Error("the key's id does not belong to it");
  return { name, id, key: typed.slice(1) };
}

/** The text of a note that this key has signed; throws when it has not. */
export async function openNote(note: string, verifier: VerifierKey): Promise<string> {
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n')) throw new Error('not a signed note');
  const text = note.slice(0, gap + 1);
  const key = await crypto.subtle.importKey('raw', verifier.key, 'Ed25519', false, ['verify']);
  for (const line of note.slice(gap + 2, -1).split('\n')) {
    const found = /^\u2014 ([^+\s]+) (\S+)$/.exec(line);
    if (!found) throw new Error('malformed signature line');
    const [, name, encoded = ''] = found;
    const bytes = fromBase64(encoded);
    // Keys that are not ours (witnesses, other algorithms) are passed over.
    if (name !== verifier.name || !same(bytes.slice(0, 4), verifier.id)) continue;
    if (!await crypto.subtle.verify('Ed25519', key, bytes.slice(4), bytesOf(text))) throw new Error('the signature is wrong');
    return text;
  }
  throw new Error('not signed by this key');
}

function parseTreeHead(text: string): TreeHead {
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (!origin || !/^(0|[1-9]\d{0,18})$/.test(size) || BigInt(size) >= largest) throw new Error('not a checkpoint');
  const bytes = fromBase64(root);
  if (bytes.length !== 32) throw new Error('not a checkpoint');
  return { origin, size: BigInt(size), root: bytes };
}

/** What a checkpoint says, once its signature is checked and its origin is the key's name. */
export async function openCheckpoint(note: string, verifier: VerifierKey): Promise<TreeHead> {
  const head = parseTreeHead(await openNote(note, verifier));
  if (head.origin !== verifier.name) throw new Error('a checkpoint of another ledger');
  return head;
}

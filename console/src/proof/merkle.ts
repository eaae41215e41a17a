// The Merkle tree of RFC 6962: the hash of a leaf, and the proof that a leaf is in a tree.
import { same, sha256, type Bytes } from './bytes';

/** RFC 6962 section 2.1: a leaf and a node can never be taken for each other. */
export const leafHash = (leaf: Uint8Array): Promise<Bytes> => sha256([0], leaf);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256([1], left, right);

/** RFC 9162 section 2.1.3.2: whether `leaf` is entry `index` of the tree of this size and root. */
export async function isIncluded(leaf: Bytes, index: bigint, size: bigint, path: readonly Bytes[], root: Uint8Array): Promise<boolean> {
  if (index < 0n || index >= size) return false;
  let fn = index, sn = size - 1n, hash = leaf;
  for (const sibling of path) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      hash = await nodeHash(sibling, hash);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = await nodeHash(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(hash, root);
}

// What this browser has seen of the ledger before: its key and its largest checkpoint. A hub that
// shows another key, or another tree of the same size, is caught by it.
import type { Verified } from './verify';

export interface Seen { key: string; size: string; root: string }
export type Comparison = 'first' | 'same' | 'other_key' | 'other_tree';

/** Pure: what the newest sight means beside what was remembered, and what to remember now. */
export function compare(before: Seen | null, key: string, verified: Verified): { comparison: Comparison; keep: Seen | null } {
  if (!verified.sound || verified.size === undefined || verified.root === undefined) return { comparison: 'same', keep: before };
  const now: Seen = { key, size: String(verified.size), root: verified.root };
  if (!before) return { comparison: 'first', keep: now };
  if (before.key !== key) return { comparison: 'other_key', keep: before };
  if (BigInt(before.size) === verified.size && before.root !== verified.root) return { comparison: 'other_tree', keep: before };
  return { comparison: 'same', keep: verified.size >= BigInt(before.size) ? now : before };
}

const place = 'nocturn.ledger-seen';

export function remember(key: string, verified: Verified): Comparison {
  try {
    const text = localStorage.getItem(place);
    const { comparison, keep } = compare(text ? (JSON.parse(text) as Seen) : null, key, verified);
    if (keep) localStorage.setItem(place, JSON.stringify(keep));
    return comparison;
  } catch {
    return 'first';
  }
}

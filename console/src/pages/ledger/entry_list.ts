// The entries that were read so far, newest first: grows at its end when the reader gets there, and
// at its beginning when something is recorded.
import { signal } from '@preact/signals';
import { asProblem, type Problem } from '../../api/problem';
import type { Entry } from '../../api/types';

export interface EntryListState {
  entries: readonly Entry[];
  problem: Problem | null;
  loading: boolean;
  /** The first entry of all is here. */
  complete: boolean;
}
/** Entries with a number below `before`, newest first; the newest when it is not given. */
type Read = (before: number | undefined, limit: number) => Promise<Entry[]>;

const step = 200;
const catchUp = 50;

export class EntryList {
  readonly state = signal<EntryListState>({ entries: [], problem: null, loading: false, complete: false });

  constructor(private readonly read: Read) {}

  /** Older ones than those that are here. */
  async more(): Promise<void> {
    const { entries, loading, complete } = this.state.peek();
    if (loading || complete) return;
    this.state.value = { ...this.state.peek(), loading: true, problem: null };
    try {
      const found = await this.read(entries.at(-1)?.index, step);
      const all = merge(this.state.peek().entries, found);
      this.state.value = { entries: all, problem: null, loading: false, complete: found.length < step };
    } catch (error) {
      this.state.value = { ...this.state.peek(), loading: false, problem: asProblem(error) };
    }
  }

  /** What was recorded since; after a long silence the list begins anew. */
  async newer(): Promise<void> {
    const { entries, complete } = this.state.peek();
    try {
      const found = await this.read(undefined, catchUp);
      const newest = entries[0]?.index ?? -1;
      const oldestFound = found.at(-1)?.index ?? 0;
      const gap = found.length === catchUp && oldestFound > newest + 1 && newest >= 0;
      this.state.value = gap
        ? { entries: found, problem: null, loading: false, complete: false }
        : { ...this.state.peek(), entries: merge(found, this.state.peek().entries), complete };
    } catch {
      // The next event tries again; what is shown is still true.
    }
  }
}

/** Both newest first; each entry once. */
export function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  const byIndex = new Map<number, Entry>();
  for (const entry of [...a, ...b]) byIndex.set(entry.index, entry);
  return [...byIndex.values()].sort((x, y) => y.index - x.index);
}

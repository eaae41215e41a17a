// The tellings of a notice as readers heard them. Pure.
import type { Telling } from '../../api/types';

export interface Told {
  telling: Telling;
  recipients: number;
  /** Of the ledger: those that prove it. */
  entries: number[];
}

const contentOf = (telling: Telling) => JSON.stringify({ ...telling, number: 0, recipients: 0, entry: 0 });

/** One telling to very many recipients comes in several, with a number and an entry each. */
export function threadOf(tellings: readonly Telling[]): Told[] {
  const thread: Told[] = [];
  for (const telling of tellings) {
    const last = thread.at(-1);
    if (last && contentOf(last.telling) === contentOf(telling)) {
      last.recipients += telling.recipients;
      last.entries.push(telling.entry);
    } else {
      thread.push({ telling, recipients: telling.recipients, entries: [telling.entry] });
    }
  }
  return thread;
}

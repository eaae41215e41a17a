// Verdict intervals as parts of a bar. Pure.
import type { Verdict, VerdictInterval } from '../../api/types';

/** Times in milliseconds; `start` and `width` are parts of the window. */
export interface Span { verdict: Verdict; from: number; until: number; open: boolean; start: number; width: number; saw: string }

/** What lies in the window, cut at its ends. */
export function spansOf(verdicts: readonly VerdictInterval[], from: number, until: number): Span[] {
  return verdicts.flatMap((one): Span[] => {
    const begin = Math.max(from, Date.parse(one.from));
    const end = Math.min(until, one.until === null ? until : Date.parse(one.until));
    if (end <= begin) return [];
    return [{
      verdict: one.verdict, from: begin, until: end, open: one.until === null, saw: one.saw,
      start: (begin - from) / (until - from), width: (end - begin) / (until - from),
    }];
  });
}

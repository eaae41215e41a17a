// Verdict intervals as bars on one line for each check. Pure.
import type { Verdict, VerdictInterval } from '../../api/types';

/** Times in milliseconds; `start` and `width` are parts of the window. */
export interface Span { verdict: Verdict; from: number; until: number; open: boolean; start: number; width: number; reason: string }
export interface Lane { check: string | null; spans: Span[] }

/** The instance as a whole first, then its checks by name; what lies outside the window is cut. */
export function lanesOf(verdicts: readonly VerdictInterval[], from: number, until: number): Lane[] {
  const lanes = new Map<string | null, Span[]>();
  for (const one of verdicts) {
    const begin = Math.max(from, Date.parse(one.from));
    const end = Math.min(until, one.until === null ? until : Date.parse(one.until));
    if (end <= begin) continue;
    const spans = lanes.get(one.check) ?? [];
    spans.push({
      verdict: one.verdict, from: begin, until: end, open: one.until === null, reason: one.reason ?? '',
      start: (begin - from) / (until - from), width: (end - begin) / (until - from),
    });
    lanes.set(one.check, spans);
  }
  const rank = (check: string | null) => (check === null ? '' : `1${check}`);
  return [...lanes].map(([check, spans]) => ({ check, spans })).sort((a, b) => rank(a.check).localeCompare(rank(b.check)));
}

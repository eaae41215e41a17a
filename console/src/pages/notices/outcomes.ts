// What became of deliveries. Pure.
import type { Delivery, DeliveryCounts } from '../../api/types';

export const outcomes = ['queued', 'sent', 'failed', 'withdrawn'] as const;
export type Outcome = (typeof outcomes)[number];

/** Refused, given up or bounced: it will not arrive. */
export function outcomeOf(state: Delivery['state']): Outcome {
  return state === 'refused' || state === 'given_up' || state === 'bounced' ? 'failed' : state;
}

export function byOutcome(counts: DeliveryCounts): Record<Outcome, number> {
  const { queued, sent, refused, given_up, bounced, withdrawn } = counts;
  return { queued, sent, failed: refused + given_up + bounced, withdrawn };
}

/** Letters name the colours, as those of indicators do. */
export const lettersOf: Record<Outcome, string> = { queued: 'i', sent: 'n', failed: 'x', withdrawn: 'u' };

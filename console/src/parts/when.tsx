import { say } from '../words/catalogue';
import { age, moment, utc, type MomentStyle } from '../words/time';

/** A moment in the reader's zone; UTC when pointed at. */
export function When({ at, style = 'short' }: { at: string; style?: MomentStyle }) {
  return <time dateTime={at} title={utc(at)} dir="auto">{moment(at, style)}</time>;
}

/** How long since then; grows by itself. */
export function Age({ of }: { of: string }) {
  return <time dateTime={of} title={utc(of)}>{age(of)}</time>;
}

/** How long ago, in words. */
export function Ago({ at }: { at: string }) {
  return <time dateTime={at} title={utc(at)}>{say('console.ago', { time: age(at) })}</time>;
}

import { age, moment, utc, type MomentStyle } from '../words/time';

/** A moment in the reader's zone; UTC when pointed at. */
export function When({ at, style = 'short' }: { at: string; style?: MomentStyle }) {
  return <time dateTime={at} title={utc(at)} dir="auto">{moment(at, style)}</time>;
}

/** How long ago; grows by itself. */
export function Age({ of }: { of: string }) {
  return <time dateTime={of} title={utc(of)}>{age(of)}</time>;
}

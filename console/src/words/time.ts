// Moments and durations as people read them. Moments come as RFC 3339 in UTC and are shown in the
// reader's zone, or in UTC when the reader prefers that.
import { computed, signal } from '@preact/signals';
import { direction, language, say } from './catalogue';

const minute = 60_000;

/** The wall clock, moved on every 10 s, so that ages on the screen grow. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);

export type Zone = 'local' | 'utc';
export const zone = signal<Zone>('local');

const zoneName = computed(() => (zone.value === 'utc' ? 'UTC' : undefined));
const formats = computed(() => {
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : language.value, { timeZone: zoneName.value, ...options });
  return {
    clock: make({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    short: make({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    dated: make({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }),
    full: make({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }),
    day: make({ day: 'numeric', month: 'short', year: 'numeric' }),
  };
});

export type MomentStyle = 'clock' | 'short' | 'dated' | 'full' | 'day';

export function moment(time: string | number, style: MomentStyle = 'short'): string {
  return formats.value[style].format(new Date(time));
}

/** "2026-11-22 06:41:05 UTC" */
export function utc(time: string | number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "3 h 20 min"; whole units, two at most, seconds below a minute. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return say('duration.seconds', { s: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say('duration.minutes', { m: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return minutes % 60 === 0 ? say('duration.hours', { h: hours })
      : say('duration.hours_minutes', { h: hours, m: minutes % 60 });
  }
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? say('duration.days', { d: days })
    : say('duration.days_hours', { d: days, h: hours % 24 });
}

/** How long ago, against the moving clock. */
export function age(time: string): string {
  return duration(now.value - Date.parse(time));
}

export function isRecent(time: string, within = 5 * minute): boolean {
  return now.value - Date.parse(time) < within;
}

/** Left to right in one piece, also in a sentence that runs the other way. */
function inOnePiece(text: string): string {
  return direction.value === 'rtl' ? `\u2066${text}\u2069` : text;
}

/** "12.4 ms", "1.25 s" of microseconds. */
export function took(microseconds: number): string {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value);
  return inOnePiece(microseconds < 1_000_000
    ? `${number(microseconds / 1000, microseconds < 10_000 ? 2 : 1)} ms`
    : `${number(microseconds / 1_000_000, 2)} s`);
}

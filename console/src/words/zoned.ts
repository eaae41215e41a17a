// Moments as the clocks of a place show them, for fields of date and time. Pure.

const day = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

// By how many milliseconds the place's clocks are ahead of UTC then.
function offset(zone: string, utc: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatIn(zone).formatToParts(utc)) parts[type] = Number(value);
  const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(utc / 1000) * 1000;
}

/** "2026-11-22T10:30" there, of a moment. */
export function localIn(zone: string, at: string): string {
  const utc = Date.parse(at);
  return new Date(utc + offset(zone, utc)).toISOString().slice(0, 16);
}

/** The moment at which clocks there show it: the first of two when they are set back, and as much
    later as they are set forward when they never do. */
export function momentIn(zone: string, local: string): string {
  const shown = Date.parse(`${local}Z`);
  const before = offset(zone, shown - day), after = offset(zone, shown + day);
  const fits = [before, after].map((ahead) => [shown - ahead, ahead] as const).filter(([utc, ahead]) => offset(zone, utc) === ahead);
  const utc = fits.length > 0 ? Math.min(...fits.map(([moment]) => moment)) : shown - before;
  return new Date(utc).toISOString().replace('.000', '');
}

/** Every zone that the browser knows. */
export function zones(): string[] {
  return Intl.supportedValuesOf('timeZone');
}

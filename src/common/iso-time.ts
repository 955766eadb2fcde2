const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3}(\d{0,6}))?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/**
 * Reads a time of ISO 8601 with its zone, or a day, which begins at midnight UTC.
 * @returns the first millisecond that is not before it: what is stored has milliseconds, so that comparing with it is exact; null when it is no time.
 */
export function parseIsoTime(text: string): Date | null {
  const [, day = '', belowMilliseconds = ''] = ISO_TIME.exec(text) ?? [];
  const time = new Date(text);
  if (day === '' || Number.isNaN(time.getTime()) || !isDay(day)) return null;
  return /[1-9]/.test(belowMilliseconds) ? new Date(time.getTime() + 1) : time;
}

/** JavaScript carries 30 February over into March. */
function isDay(day: string): boolean {
  return new Date(day).toISOString().startsWith(day);
}

const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:t|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?)?$/i;

/** Later than any bookmark: a figure beyond it has another unit or another epoch than we think. */
const LATEST_EPOCH_MS = Date.UTC(2200, 0, 1);

/**
 * Reads the dates of front matter: ISO 8601 / RFC 3339, YAML 1.1 timestamps, `YYYY-MM-DD HH:mm[:ss][ zone]`.
 * Without a zone the time is UTC. Null when it is no such date, or not in the calendar (31 February).
 */
export function parseDate(text: string): Date | null {
  const match = DATE.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milliseconds = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const local = new Date(0);
  // Not Date.UTC, which reads the year 50 as 1950.
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  const inCalendar = local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (year === 0 || !inCalendar || hour > 23 || minute > 59 || second > 59) return null;
  return new Date(local.getTime() - zoneOffsetMs(match[8]));
}

function zoneOffsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/**
 * Reads ADD_DATE and its kin: seconds since 1970, or milliseconds or microseconds, told apart by magnitude (Google
 * Bookmarks wrote microseconds). Null for 0, which exporters write for "unknown", and for anything that is no number.
 */
export function parseEpoch(text: string | undefined): Date | null {
  if (text === undefined || !/^\s*\d{1,17}(?:\.\d*)?\s*$/.test(text)) return null;
  const value = Math.floor(Number(text));
  if (value === 0) return null;
  const milliseconds = value < 1e11 ? value * 1000 : value < 1e14 ? value : Math.floor(value / 1000);
  return milliseconds < LATEST_EPOCH_MS ? new Date(milliseconds) : null;
}

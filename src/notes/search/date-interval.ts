/** A half-open interval: `from` is included, `to` is not; null means without end on that side. */
export interface DateInterval {
  from: Date | null;
  to: Date | null;
}

interface Period {
  from: Date;
  to: Date;
}

/**
 * Reads the value of a date filter: a year, a month or a day (`2025`, `2025-03`, `2025-03-04`, in UTC), alone, after
 * `>`, `>=`, `<` or `<=`, or two of them with `..` between (either may be missing). A period stands for all of it:
 * `2025` is the year, `>2025` begins after it, `<=2025` ends with it, `2024..2025` is both years.
 *
 * @returns null if that is not what `value` says, or if there is no such day
 */
export function parseDateInterval(value: string): DateInterval | null {
  const range = value.split('..');
  if (range.length === 2) return parseRange(range[0] ?? '', range[1] ?? '');
  const [, operator = '', rest = ''] = /^([<>]=?)?(.*)$/.exec(value) ?? [];
  const period = parsePeriod(rest);
  if (period === null) return null;
  if (operator === '>=') return { from: period.from, to: null };
  if (operator === '>') return { from: period.to, to: null };
  if (operator === '<=') return { from: null, to: period.to };
  if (operator === '<') return { from: null, to: period.from };
  return period;
}

function parseRange(first: string, last: string): DateInterval | null {
  const start = parsePeriod(first);
  const end = parsePeriod(last);
  if (start === null && (first !== '' || end === null)) return null;
  if (end === null && last !== '') return null;
  // A range that was typed backwards means the same days.
  if (start !== null && end !== null && end.from < start.from) return { from: end.from, to: start.to };
  return { from: start?.from ?? null, to: end?.to ?? null };
}

function parsePeriod(text: string): Period | null {
  const match = /^([1-9]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (match === null) return null;
  const [year = 0, month, day] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (month === undefined) return between(Date.UTC(year, 0), Date.UTC(year + 1, 0));
  if (month < 1 || month > 12) return null;
  if (day === undefined) return between(Date.UTC(year, month - 1), Date.UTC(year, month));
  const from = Date.UTC(year, month - 1, day);
  // Date.UTC() carries 31 February over into March.
  return new Date(from).getUTCDate() === day ? between(from, Date.UTC(year, month - 1, day + 1)) : null;
}

function between(from: number, to: number): Period {
  return { from: new Date(from), to: new Date(to) };
}

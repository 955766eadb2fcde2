const MAX_LOCALE = 35;
const MAX_TIME_ZONE = 64;

/** The canonical form of a language tag (BCP 47, RFC 5646, 4.5), such as `de-CH` for `DE-ch`; null when it is none, or longer than 35 characters. */
export function canonicalLocale(tag: string): string | null {
  // A valid tag is never shorter than its form for people, and this bounds the work.
  if (tag.length > 10 * MAX_LOCALE) return null;
  try {
    const [canonical = null] = Intl.getCanonicalLocales(tag);
    return canonical === null || canonical.length > MAX_LOCALE ? null : canonical;
  } catch {
    return null;
  }
}

/** The name of a time zone as the runtime spells it (ECMA-402), such as `Europe/Zurich` for `europe/zurich`; null when it knows none of that name. */
export function canonicalTimeZone(name: string): string | null {
  // An offset such as +01:00 is no time zone: it knows no summer.
  if (name.length > MAX_TIME_ZONE || !/^[a-z]/i.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Whether this is an error with one of these codes, of the system (`ENOENT`) or of PostgreSQL (`42P04`). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String(propertyOf(error, 'code')));
}

/** What an error says, for people. A connection that failed on several addresses says why on each. */
export function messageOf(error: unknown): string {
  const causes = propertyOf(error, 'errors');
  if (Array.isArray(causes) && causes.length > 0) return [...new Set(causes.map(messageOf))].join('; ');
  return String(propertyOf(error, 'message') || error);
}

/** A property of anything that was thrown. */
export function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

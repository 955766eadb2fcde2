/**
 * The `code` of an error of the operating system (`ENOENT`), of PostgreSQL (`23505`) or of a library.
 * Looks at the shape, not at the class: an error of another realm is no `instanceof Error`.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

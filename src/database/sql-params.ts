/** Collects the values of an SQL statement that is put together from parts: `add()` gives the placeholder to write. */
export class SqlParams {
  readonly values: unknown[];

  /** @param values values that the statement has already, as `$1`, `$2`, … */
  constructor(values: readonly unknown[] = []) {
    this.values = [...values];
  }

  /** Adds a value; returns its placeholder, such as `$3`. */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

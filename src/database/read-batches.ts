/**
 * Reads what is too much for one statement: batch after batch, until one is empty.
 * @param read the rows after a key, in the order of keys; @param beginning a key before all; @param keyOf the key of a row
 */
export async function* readBatches<Row, Key>(
  read: (after: Key) => Promise<Row[]>,
  beginning: Key,
  keyOf: (row: Row) => Key,
): AsyncGenerator<Row[]> {
  let after = beginning;
  for (;;) {
    const rows = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = keyOf(last);
  }
}

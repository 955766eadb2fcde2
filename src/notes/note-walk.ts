/**
 * The next notes `n` of the user ($1) in the order of their last change, in the trash too: as many as make up a batch, whichever bound comes first, and one at least. The sizes of texts are read
 * without the texts.
 * @param after SQL: the number of the last note of the batch before
 */
export const nextNotes = (
  columns: string,
  after: string,
  { notes, bytes }: { notes: number; bytes: number },
): string => `
  select n.id, n.seq, ${columns}
  from (
    select id, row_number() over walk as place, sum(octet_length(body)) over walk as bytes
    from (select id, seq, body from notes where user_id = $1 and seq > (${after}) order by seq limit ${notes}) next
    window walk as (order by seq, id)
  ) picked join notes n on n.id = picked.id
  where picked.place = 1 or coalesce(picked.bytes, 0) <= ${bytes}
  order by n.seq, n.id`;

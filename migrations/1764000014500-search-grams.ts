import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Characters of scripts that are written without spaces between words, or (Korean) with endings that stick to them: Thai, Lao, Myanmar, Khmer, Hangul, Hiragana,
 * Katakana, Han.
 */
const GRAMS =
  '\\u0E00-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005\\u3041-\\u309F\\u30A1-\\u30FA\\u30FC-\\u30FF\\u3131-\\u318E\\u31F0-\\u31FF' +
  '\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7A3\\uF900-\\uFAFF\\uFF66-\\uFF9F\\U00020000-\\U0003FFFF';

/** Of one user, so that the user's row can be locked first, as by all who write notes; few, so that it is not locked for long. */
const BATCH = 200;

/** Text in scripts without spaces is found by any part of it: PostgreSQL takes a sentence for one word. */
export class SearchGrams1764000014500 implements MigrationInterface {
  /** Each batch of notes is a transaction of its own. A run that is broken off begins again. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // Each character with the one that follows it, and the last of a run alone: one character is found as the beginning of a pair. A place for whatever is between
    // two runs keeps them from following each other.
    await runner.query(`
      create or replace function search_grams(value text) returns tsvector
      language sql immutable strict parallel safe as $$
        select coalesce(string_agg(quote_literal(gram) || ':' || place, ' ')::tsvector, '')
        from (
          select place, c as first, c || coalesce(nullif(lead(c) over (order by place), ' '), '') as gram
          from unnest(string_to_array(regexp_replace(normalize(value, NFC), '[^${GRAMS}]+', ' ', 'g'), null)) with ordinality as u(c, place)
        ) pair
        where first <> ' '
      $$`);
    await runner.query(`
      create or replace function search_text_vector(folded text) returns tsvector
      language plpgsql immutable strict parallel safe as $$
      begin
        if octet_length(folded) = char_length(folded) or folded !~ '[${GRAMS}]' then
          return to_tsvector('commonplace', folded);
        end if;
        return to_tsvector('commonplace', regexp_replace(folded, '[${GRAMS}]+', ' ', 'g')) || search_grams(folded);
      end $$`);
    await runner.query(noteSearchVector('search_text_vector('));
    await rebuild(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(noteSearchVector(`to_tsvector('commonplace', `));
    await rebuild(runner);
    await runner.query(`drop function if exists search_text_vector(text)`);
    await runner.query(`drop function if exists search_grams(text)`);
  }
}

/** As the migration of notes made it; `vector` is what makes a vector of folded text. */
function noteSearchVector(vector: string): string {
  return `
    create or replace function note_search_vector(title text, tags text, host text, body text) returns tsvector
    language plpgsql immutable parallel safe as $$
    declare
      head tsvector := setweight(${vector}search_fold(coalesce(title, ''))), 'A')
        || setweight(${vector}search_fold(concat_ws(' ', tags, host))), 'B');
      part text := search_fold(coalesce(body, ''));
    begin
      if octet_length(part) < 200000 then
        return head || setweight(${vector}part), 'C');
      end if;
      loop
        begin
          return head || setweight(${vector}part), 'C');
        exception when program_limit_exceeded then
          part := left(part, char_length(part) / 2);
        end;
      end loop;
    end $$`;
}

/** Makes the vectors anew of all notes that have such characters, in their tags too. */
async function rebuild(runner: QueryRunner): Promise<void> {
  const owners = await runner.manager.query<{ user_id: string }[]>(`
    select user_id from notes where title ~ '[${GRAMS}]' or body ~ '[${GRAMS}]'
    union
    select user_id from tags where name ~ '[${GRAMS}]' or former_name ~ '[${GRAMS}]'`);
  for (const { user_id: userId } of owners) {
    let after: string | null = '00000000-0000-0000-0000-000000000000';
    while (after !== null) after = await rebuildBatch(runner, userId, after);
  }
}

/** @returns the last note of the batch; null: there was none. */
async function rebuildBatch(runner: QueryRunner, userId: string, after: string): Promise<string | null> {
  await runner.startTransaction();
  try {
    await runner.query(`select 1 from users where id = $1 for no key update`, [userId]);
    const [batch] = await runner.manager.query<{ last: string | null }[]>(
      `with batch as (
         select n.id, string_agg(case when n.seq < t.renamed_seq then t.former_name else t.name end, ' ' order by t.name_key) as tags
         from (select id, seq from notes where user_id = $1 and id > $2 order by id limit ${BATCH}) n
         left join note_tags nt on nt.note_id = n.id left join tags t on t.id = nt.tag_id
         group by n.id
       ),
       rebuilt as (
         update notes n set search = note_search_vector(n.title, batch.tags, n.url_host, n.body) from batch
         where n.id = batch.id and concat_ws(' ', n.title, n.body, batch.tags) ~ '[${GRAMS}]'
       )
       select max(id::text) as last from batch`,
      [userId, after],
    );
    await runner.commitTransaction();
    return batch?.last ?? null;
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The stemmers of PostgreSQL 15, by language. */
const STEMMERS: Record<string, string> = {
  ar: 'arabic',
  ca: 'catalan',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hi: 'hindi',
  hu: 'hungarian',
  hy: 'armenian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  nb: 'norwegian',
  ne: 'nepali',
  nl: 'dutch',
  nn: 'norwegian',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
};

const JOINERS = ['/', '<', '>', '&', '@', '.', ':', '-', '+', `''`, '\\'];

/** `translate()` does the same, and takes five times as long. */
const BLANKS = JOINERS.reduce((value, joiner) => `replace(${value}, '${joiner}', ' ')`, 'value');

/** Of one user, so that the user's row can be locked first, as by all who write notes; few, so that it is not locked for long. */
const BATCH = 200;

/**
 * The language of each note, and the stems of its words in it. What is there already gets its language from a task of the workers
 * (`users.language_seq`): it is found out from texts, by a library.
 */
export class NoteLanguages1764000020000 implements MigrationInterface {
  /** The constraint is checked without a lock that stops writers, and on the way back each batch of notes is a transaction. A run that is broken off begins again. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table notes
        add column if not exists language text,
        add column if not exists language_set boolean not null default false`);
    await runner.query(`alter table notes drop constraint if exists notes_language_check`);
    await runner.query(`
      alter table notes add constraint notes_language_check
        check (language ~ '^[a-z]{2,3}$' and (language is not null or not language_set)) not valid`);
    await runner.query(`alter table notes validate constraint notes_language_check`);
    await runner.query(`alter table users add column if not exists note_languages jsonb not null default '{}'`);
    // Two steps: only of users who are there, notes are to be looked at.
    await runner.query(`alter table users add column if not exists language_seq bigint default 0`);
    await runner.query(`alter table users alter column language_seq drop default`);
    await runner.query(
      `create index if not exists users_language_seq_idx on users (id) where language_seq is not null`,
    );
    await this.stems(runner);
    await this.vectors(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await removeStems(runner);
    for (const signature of [
      'note_search_vector(text, text, text, text, text)',
      'count_languages(jsonb, text[])',
      'search_with_stems(tsquery, text, text[])',
      'search_stem(text, text)',
      'search_stems(text, text)',
      'search_stemmer(text)',
    ]) {
      await runner.query(`drop function if exists ${signature}`);
    }
    await runner.query(`
      create or replace function search_fold(value text) returns text
      language sql immutable strict parallel safe
      return translate(unaccent(lower(value)), '/<>&@.:-+''\\', '           ')`);
    await runner.query(`drop function if exists search_blanks(text)`);
    await runner.query(`alter table users drop column if exists language_seq, drop column if exists note_languages`);
    await runner.query(`alter table notes drop column if exists language_set, drop column if exists language`);
  }

  private async stems(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create or replace function search_blanks(value text) returns text
      language sql immutable strict parallel safe return ${BLANKS}`);
    await runner.query(`
      create or replace function search_fold(value text) returns text
      language sql immutable strict parallel safe return search_blanks(unaccent(lower(value)))`);
    const cases = Object.entries(STEMMERS).map(
      ([language, name]) => `when '${language}' then 'pg_catalog.${name}'::regconfig`,
    );
    await runner.query(`
      create or replace function search_stemmer(language text) returns regconfig
      language sql immutable strict parallel safe return case language ${cases.join(' ')} end`);
    // Accents are folded when the endings are off: many an ending has one. The quotes around words are kept apart meanwhile, since folding makes some of other characters.
    await runner.query(`
      create or replace function search_stems(language text, value text) returns tsvector
      language plpgsql immutable strict parallel safe as $$
      declare
        lowered text := lower(case when octet_length(value) = char_length(value) or value is nfc normalized then value else normalize(value) end);
        stems text := to_tsvector(search_stemmer(language), search_blanks(lowered))::text;
      begin
        stems := replace(replace(' ' || stems, ' ''', ' ' || chr(1) || language || '='), '''', chr(2));
        stems := replace(replace(unaccent(stems), '''', ''), '\\', '');
        return translate(stems, chr(1) || chr(2), '''''')::tsvector;
      end $$`);
    await runner.query(`
      create or replace function search_stem(language text, word text) returns text
      language sql immutable strict parallel safe return (tsvector_to_array(search_stems(language, word)))[1]`);
    await runner.query(`
      create or replace function search_with_stems(words tsquery, word text, languages text[]) returns tsquery
      language sql immutable strict parallel safe as $$
        select coalesce(words || string_agg(quote_literal(search_stem(language, word)), ' | ')::tsquery, words) from unnest(languages) language
      $$`);
  }

  /** Stems weigh one less than the words that they are of, so that words as they were typed come first. Where there is no room for them, there are none. */
  private async vectors(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create or replace function note_search_vector(title text, tags text, host text, body text, language text) returns tsvector
      language plpgsql immutable parallel safe as $$
      declare
        words tsvector := note_search_vector(title, tags, host, body);
      begin
        if search_stemmer(language) is null then
          return words;
        end if;
        return words || setweight(search_stems(language, coalesce(title, '')), 'B')
          || setweight(search_stems(language, coalesce(tags, '')), 'C')
          || setweight(search_stems(language, coalesce(body, '')), 'D');
      exception when program_limit_exceeded then
        return words;
      end $$`);
    await runner.query(`
      create or replace function count_languages(counts jsonb, languages text[]) returns jsonb
      language plpgsql immutable strict parallel safe as $$
      declare
        language text;
      begin
        foreach language in array array_remove(languages, null) loop
          counts := counts || jsonb_build_object(language, coalesce((counts ->> language)::integer, 0) + 1);
        end loop;
        return counts;
      end $$`);
  }
}

async function removeStems(runner: QueryRunner): Promise<void> {
  const owners = await runner.manager.query<{ user_id: string }[]>(
    `select distinct user_id from notes where language is not null`,
  );
  for (const { user_id: userId } of owners) {
    let after: string | null = '00000000-0000-0000-0000-000000000000';
    while (after !== null) after = await removeBatch(runner, userId, after);
  }
}

/** @returns the last note of the batch; null: there was none. */
async function removeBatch(runner: QueryRunner, userId: string, after: string): Promise<string | null> {
  await runner.startTransaction();
  try {
    await runner.query(`select 1 from users where id = $1 for no key update`, [userId]);
    const [batch] = await runner.manager.query<{ last: string | null }[]>(
      `with batch as (select id from notes where user_id = $1 and id > $2 order by id limit ${BATCH}),
       removed as (
         update notes n
         set search = ts_delete(search, array(select stem from unnest(tsvector_to_array(search)) stem where stem like '%=%'))
         from batch where n.id = batch.id and n.language is not null
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

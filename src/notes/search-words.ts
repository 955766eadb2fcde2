import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Statements } from '../database/statements';
import { PeriodicTask } from '../jobs/periodic/periodic-task';
import { whileMore } from '../jobs/periodic/while-more';

/** Users looked at by one statement. */
const USERS = 1_000;
/** Notes read by one statement. */
const NOTES = 500;

/** Whether a lexeme `w` of a search vector is a word that may be meant: none with a digit, and no stem. */
export const IS_WORD = `char_length(w.lexeme) between 3 and 40 and w.lexeme !~ '[0-9=]'`;

/** Of the users after $1, those who wrote since their words were last collected, and how far this statement has looked. */
const FIND_BEHIND = `
  with page as (select id, change_seq from users where id > $1 order by id limit ${USERS})
  select
    array(
      select p.id from page p left join search_word_lists l on l.user_id = p.id where p.change_seq > coalesce(l.seq, 0) order by p.id
    ) as behind,
    (select id from page order by id desc limit 1) as last`;

/**
 * Adds the words (not the stems, which have a `=`) of the notes of $1 that were written since, oldest change first. Numbers become visible in their order, so that nothing below one that is
 * visible is still to come. Words are added in one order by all: two processes at once wait for each other, and do not deadlock.
 */
const COLLECT = `
  with writer as (
    select u.id, u.change_seq, coalesce(l.seq, 0) as seq from users u left join search_word_lists l on l.user_id = u.id where u.id = $1
  ),
  batch as materialized (
    select n.seq, n.search from notes n where n.user_id = $1 and n.seq > (select seq from writer) order by n.seq limit ${NOTES}
  ),
  added as (
    insert into search_words (user_id, word)
    select distinct $1::uuid, w.lexeme collate "C" as word from batch cross join unnest(batch.search) w
    where ${IS_WORD}
    order by word
    on conflict do nothing
  ),
  counted as (select count(*) as notes, max(seq) as last from batch)
  insert into search_word_lists (user_id, seq)
  select writer.id, case when counted.notes < ${NOTES} then writer.change_seq else counted.last end from writer cross join counted
  on conflict (user_id) do update set seq = greatest(search_word_lists.seq, excluded.seq)
  returning (select notes = ${NOTES} from counted) as more`;

interface UsersBehind {
  behind: string[];
  last: string | null;
}

/**
 * Collects the words of notes, by which searches are corrected, a little behind the writing: adding them as notes are written would make each write dearer by a look-up
 * for each of its words. What a correction finds is searched for before it is offered, so a word that no note has any more does no harm.
 */
@Injectable()
export class SearchWords extends PeriodicTask {
  readonly name = 'collect words of notes';
  readonly everyMs = 30_000;

  constructor(private readonly statements: Statements) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    let after: string | null = NIL;
    while (after !== null && !signal.aborted) {
      const [page]: UsersBehind[] = await this.statements.run<UsersBehind>({ text: FIND_BEHIND }, [after]);
      for (const userId of page?.behind ?? []) await this.collect(userId, signal);
      after = page?.last ?? null;
    }
  }

  private async collect(userId: string, signal: AbortSignal): Promise<void> {
    await whileMore(signal, async () => {
      const [row] = await this.statements.run<{ more: boolean }>({ name: 'collect-words', text: COLLECT }, [userId]);
      return row?.more ?? false;
    });
  }
}

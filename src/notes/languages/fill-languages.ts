import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';
import { TAG_NAME } from '../note-row';
import { nextNotes } from '../note-walk';
import { lockUser } from '../note-writes';
import { BODY_CHARACTERS, detectLanguage } from './detect-language';

/** What one transaction looks at: the search vector of each note is made anew, of its whole text. */
const BATCH = { notes: 100, bytes: 4 * 1024 * 1024 };

const FIND_USER = `select id from users where language_seq is not null limit 1`;

/** $1 the user: the beginnings of texts. */
const READ = nextNotes(
  `n.title, left(n.body, ${BODY_CHARACTERS}) as body, n.language is null and not n.language_set as "isOpen"`,
  'select language_seq from users where id = $1',
  BATCH,
);

/** $1 the user, $2 notes, $3 their languages. `seq` and `version` stay: nobody wrote, and what clients have is completed when the note changes. */
const WRITE = `
  update notes n
  set language = g.language, search = note_search_vector(
    n.title,
    (
      select string_agg(${TAG_NAME}, ' ' order by t.name_key)
      from note_tags nt join tags t on t.id = nt.tag_id where nt.note_id = n.id
    ),
    n.url_host,
    n.body,
    g.language
  )
  from unnest($2::uuid[], $3::text[]) as g(id, language)
  where n.id = g.id and n.user_id = $1`;

/** $1 the user, $2 where the walk has come to; null: to the end. $3 the languages that were found. */
const ADVANCE = `
  update users set language_seq = $2::bigint, note_languages = count_languages(note_languages, $3::text[]) where id = $1`;

interface OpenNote {
  id: string;
  seq: string;
  title: string | null;
  body: string | null;
  isOpen: boolean;
}

/** Finds out the languages of notes that are older than languages, a batch of one user at a time, under the lock under which all write notes. Until then they are found by their words. */
@Injectable()
export class FillLanguages extends PeriodicTask {
  readonly name = 'find out languages of notes';
  readonly everyMs = 60_000;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    super();
  }

  run(signal: AbortSignal): Promise<void> {
    return whileMore(signal, async () => {
      const [user] = await this.dataSource.query<{ id: string }[]>(FIND_USER);
      if (user === undefined) return false;
      await this.dataSource.transaction((manager) => this.fill(manager, user.id));
      return true;
    });
  }

  private async fill(manager: EntityManager, userId: string): Promise<void> {
    await lockUser(manager, userId);
    const notes = await manager.query<OpenNote[]>(READ, [userId]);
    const open = notes.filter(({ isOpen }) => isOpen);
    const languages = await Promise.all(open.map(({ title, body }) => detectLanguage(title, body)));
    const found = open.flatMap(({ id }, at) => {
      const language = languages[at] ?? null;
      return language === null ? [] : [{ id, language }];
    });
    const [ids, codes] = [found.map(({ id }) => id), found.map(({ language }) => language)];
    if (found.length > 0) await manager.query(WRITE, [userId, ids, codes]);
    await manager.query(ADVANCE, [userId, notes.at(-1)?.seq ?? null, codes]);
  }
}

import { Injectable } from '@nestjs/common';
import { ShortCache } from '../../common/short-cache';
import { type Statement, Statements } from '../../database/statements';

/** Each costs a search one more look into the index for each of its words. */
const MOST_LANGUAGES = 6;
const FRESH_MS = 10_000;
const MOST_USERS = 10_000;

/** Those that have a stemmer, and that the user ($1) wrote most often. */
const READ_LANGUAGES: Statement = {
  name: 'read-note-languages',
  quick: true,
  text: `
    select array(
      select language from jsonb_each_text(note_languages) as l(language, times)
      where search_stemmer(language) is not null order by times::integer desc, language limit ${MOST_LANGUAGES}
    ) as languages
    from users where id = $1`,
};

/**
 * In which languages a user writes, which decides by which stems is searched. Looked up once in ten seconds a user, lest each search takes another round trip: so a
 * language that is new to a user counts after ten seconds at the latest.
 */
@Injectable()
export class UserLanguages {
  private readonly known = new ShortCache<string[]>(MOST_USERS, FRESH_MS);

  constructor(private readonly statements: Statements) {}

  of(userId: string): Promise<string[]> {
    return this.known.get(userId, async () => {
      const [row] = await this.statements.run<{ languages: string[] }>(READ_LANGUAGES, [userId]);
      return row?.languages ?? [];
    });
  }
}

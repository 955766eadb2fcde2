import { Injectable } from '@nestjs/common';
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
  private readonly known = new Map<string, { languages: string[]; until: number }>();

  constructor(private readonly statements: Statements) {}

  async of(userId: string): Promise<string[]> {
    const found = this.known.get(userId);
    if (found !== undefined && found.until > performance.now()) return found.languages;
    const [{ languages = [] } = {}] = await this.statements.run<{ languages: string[] }>(READ_LANGUAGES, [userId]);
    this.known.delete(userId);
    this.known.set(userId, { languages, until: performance.now() + FRESH_MS });
    const [oldest = ''] = this.known.keys();
    if (this.known.size > MOST_USERS) this.known.delete(oldest);
    return languages;
  }
}

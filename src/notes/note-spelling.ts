import { Injectable } from '@nestjs/common';
import type { Statement } from '../database/statements';
import { Statements } from '../database/statements';
import { nearest, swapped, typedWords } from './search/spelling';

/**
 * For each word ($2) that none of the user's ($1) notes has, words of theirs that it may stand for, the likest first: those with many trigrams in common, and those that it
 * is with two letters swapped ($4, of the word that $3 says).
 */
const LIKE_WORDS: Statement = {
  name: 'find-like-words',
  text: `
    with typed as (
      select place, search_fold(given.word) as word from unnest($2::text[]) with ordinality as given(word, place)
    ),
    unknown as (
      select * from typed where not exists (select from search_words w where w.user_id = $1 and w.word = typed.word)
    )
    select u.place::integer, u.word as typed, array(
      select found.word from (
        (
          select w.word, similarity(w.word, u.word) as likeness from search_words w
          where w.user_id = $1 and w.word % u.word
          order by likeness desc, w.word limit 20
        )
        union all
        select w.word, 0 from search_words w
        where w.user_id = $1 and w.word = any(array(select search_fold(s.word) from unnest($3::integer[], $4::text[]) as s(place, word) where s.place = u.place))
      ) found
      order by found.likeness desc, found.word
    ) as words
    from unknown u order by u.place`,
};

interface UnknownWord {
  place: number;
  typed: string;
  words: string[];
}

/** Corrects searches by the words of the user's own notes (see `SearchWords`). */
@Injectable()
export class NoteSpelling {
  constructor(private readonly statements: Statements) {}

  /**
   * A search with its misspelt words replaced, all else as it was; null when there is nothing to replace.
   * One statement, or none when the search has no word that could be misspelt.
   */
  async correct(userId: string, query: string): Promise<string | null> {
    const typed = typedWords(query);
    if (typed.length === 0) return null;
    const swaps = typed.flatMap(({ text }, at) => swapped(text).map((word) => ({ place: at + 1, word })));
    const unknown = await this.statements.run<UnknownWord>(LIKE_WORDS, [
      userId,
      typed.map(({ text }) => text),
      swaps.map(({ place }) => place),
      swaps.map(({ word }) => word),
    ]);
    let corrected = '';
    let done = 0;
    for (const { place, typed: folded, words } of unknown) {
      const [word, meant] = [typed[place - 1], nearest(folded, words)];
      if (word === undefined || meant === null) continue;
      corrected += query.slice(done, word.position) + meant;
      done = word.position + word.text.length;
    }
    return done === 0 ? null : corrected + query.slice(done);
  }
}

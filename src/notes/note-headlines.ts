import { Injectable } from '@nestjs/common';
import { SqlParams } from '../database/sql-params';
import { Statements } from '../database/statements';
import { Stems } from './languages/stems';
import type { NoteHeadlines, NoteHitRow } from './note-row';
import { NoteListItem } from './note.response';
import { BODY_HEADLINE_OPTIONS, headlineText, TITLE_HEADLINE_OPTIONS } from './search/highlights';
import { BODY_CHARACTERS, HitMarker } from './search/mark-hits';
import type { TextNode } from './search/search-node';
import { LikeWords, stemmedWord } from './search/stemmed-words';
import { compileSearch, type SearchSql, TEXT_SEARCH_CONFIG } from './search/search-sql';

const NOTHING: NoteHeadlines = { title: null, body: null };

/** A hit, and the words in it that are found by their stems. */
interface StemmedHit {
  row: NoteHitRow;
  forms: string[];
}

/** Shows the hits of a search as clients see them, with what matched in each. */
@Injectable()
export class NoteHits {
  constructor(
    private readonly statements: Statements,
    private readonly stems: Stems,
  ) {}

  /** Plain text, which most notes are, is read here: `ts_headline()` took half the time of a search. All other text goes to the database, whose parser and tables say what matched. */
  async of(texts: TextNode[], rows: readonly NoteHitRow[]): Promise<NoteListItem[]> {
    if (texts.length === 0) return rows.map((row) => NoteListItem.hit(row, NOTHING));
    const hits = await this.withForms(texts, rows);
    const markers = new Map<string, HitMarker | null>();
    const marked = hits.map(({ row, forms }) => {
      const key = forms.join(' ');
      const marker = markers.has(key) ? markers.get(key) : HitMarker.of(texts, forms);
      markers.set(key, marker ?? null);
      return { row, forms, headlines: marker?.mark(row) ?? null };
    });
    const others = marked.filter(({ headlines }) => headlines === null);
    const rest = others.length === 0 ? [] : await this.markByDatabase(texts, others);
    return marked.map(({ row, headlines }) => NoteListItem.hit(row, headlines ?? rest.shift() ?? NOTHING));
  }

  /** In each text, the words that have the stem of one that was searched for, in the language of the note. */
  private async withForms(texts: TextNode[], rows: readonly NoteHitRow[]): Promise<StemmedHit[]> {
    const typed = texts.map(stemmedWord).filter((word) => word !== null);
    if (typed.length === 0) return rows.map((row) => ({ row, forms: [] }));
    const like = new LikeWords(typed);
    const found = rows.map((row) => {
      const { language, title, body } = row;
      if (language === null) return { row, words: [] };
      const words = like.in(`${title ?? ''}\n${body?.slice(0, BODY_CHARACTERS) ?? ''}`);
      return { row, words: words.map((word) => ({ language, word })) };
    });
    const languages = new Set(found.flatMap(({ words }) => words.map(({ language }) => language)));
    const sought = [...languages].flatMap((language) => typed.map((word) => ({ language, word })));
    const stems = await this.stems.of([...sought, ...found.flatMap(({ words }) => words)]);
    const wanted = new Set(stems.splice(0, sought.length).filter((stem) => stem !== null));
    return found.map(({ row, words }) => {
      const ofWords = stems.splice(0, words.length);
      return { row, forms: words.map(({ word }) => word).filter((_, at) => wanted.has(ofWords[at] ?? '')) };
    });
  }

  private async markByDatabase(texts: TextNode[], hits: readonly StemmedHit[]): Promise<NoteHeadlines[]> {
    const params = new SqlParams([
      hits.map(({ row }) => row.title),
      // A character is two code units at most.
      hits.map(({ row }) => row.body?.slice(0, 2 * BODY_CHARACTERS) ?? null),
      hits.map(({ forms }) => forms.join(' ')),
    ]);
    const { highlight } = compileSearch({ type: 'or', nodes: texts }, params, new Map());
    const text = `
      select
        ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText('n.title')}, n.sought, '${TITLE_HEADLINE_OPTIONS}') as title,
        ts_headline('${TEXT_SEARCH_CONFIG}', ${headlineText(`left(n.body, ${BODY_CHARACTERS})`)}, n.sought, '${BODY_HEADLINE_OPTIONS}') as body
      from (
        select title, body, place, coalesce(${highlight} || ${FORMS}, ${highlight}) as sought
        from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g(title, body, forms, place)
      ) n
      order by n.place`;
    return this.statements.run<NoteHeadlines>({ text }, params.values);
  }
}

/** Any of the words; null when there is none. Folded text has no quotes and backslashes. */
const FORMS = `
  to_tsquery('${TEXT_SEARCH_CONFIG}', (
    select string_agg('''' || search_fold(form) || '''', ' | ') from unnest(string_to_array(nullif(forms, ''), ' ')) form
  ))`;

/** How well `search` (a tsvector column) matches: title over tags over body; long documents do not win by length. */
export function score(column: string, search: SearchSql): string {
  if (search.tsquery === null) return '0::real';
  return `ts_rank('{0.1, 0.2, 0.6, 1.0}', ${column}, ${search.tsquery}, 1)`;
}

import type { Statement } from '../../database/statements';
import { linkedNote, linkKeys, linkingNotes } from '../links/links.queries';

/** What two notes may have in common. */
export const RELATION_REASONS = ['tags', 'links', 'site', 'words'] as const;
export type RelationReason = (typeof RELATION_REASONS)[number];

export interface RelatedRow {
  id: string;
  title: string | null;
  url: string | null;
  score: number;
  reasons: RelationReason[];
}

/** Notes looked at that share one thing with the note: a tag, the site, a word, links one way. */
const CANDIDATES = 200;
/** Words of the note that are looked up, likely ones first; and those taken, the most telling first. */
const WORDS_TRIED = 24;
const WORDS_TAKEN = 8;

/** A thing counts less the more notes have it: by the root of how many, the note itself among them. What more than `CANDIDATES` have counts as if no more had it. */
const rarity = 'sqrt(1 + cardinality(ids))';

const SITE = `
  select s.id from notes s
  where s.user_id = $2 and s.url_host = note.url_host and s.url_host is not null and s.deleted_at is null and s.id <> $1
  order by s.created_at desc, s.id desc limit ${CANDIDATES}`;

/**
 * Words of title and text, not those of tags and site (weight B), which count by themselves. Which of them are rare is not known before they are looked up: those in the title, repeated ones
 * and long ones are the likeliest to say what a note is about. What the index finds is cut off where a word is too common to tell anything.
 */
const WORDS = `
  word as (
    select w.lexeme, is_title,
      case when is_title then 1.5 else 1 end * (1 + least(cardinality(w.positions), 3)) / 2 as weight
    from note cross join lateral unnest(note.search) w cross join lateral (select 'A' = any(w.weights) as is_title) of
    where not w.weights <@ '{B}' and w.lexeme !~ '=|^[0-9]+$' and char_length(w.lexeme) >= case when w.lexeme ~ '[a-z]' then 3 else 2 end
    order by is_title desc, least(cardinality(w.positions), 3) desc, char_length(w.lexeme) desc, w.lexeme limit ${WORDS_TRIED}
  ),
  found as materialized (
    select word.lexeme, word.weight, array(
      select s.id from notes s
      where s.user_id = $2 and s.search @@ quote_literal(word.lexeme)::tsquery and s.deleted_at is null and s.id <> $1
      limit ${CANDIDATES + 1}
    ) as ids
    from word
  ),
  telling as (
    select ids, 0.5 * weight / ${rarity} as weight from found cross join note
    where cardinality(ids) between 1 and least(${CANDIDATES}, greatest(2, note.note_count / 5))
    order by 2 desc, lexeme limit ${WORDS_TAKEN}
  )`;

/**
 * $1 the note, $2 its owner, $3 how many: live notes with most in common with it, best first. No row: no such note; one without an id: none is related.
 *
 * Each thing in common adds to the score of the notes that share it: a tag 1 / sqrt(how many have it), the site half of that, a word half of that, more if it is in the title or
 * repeated; a link either way 1. Not prepared: planned for all users alike, a word might not be looked up in the index.
 */
export const FIND_RELATED: Statement = {
  text: `
    with note as materialized (
      select n.id, n.url_host, n.search, u.note_count, ${linkKeys}
      from notes n join users u on u.id = n.user_id where n.id = $1 and n.user_id = $2
    ),
    ${WORDS},
    tagged as materialized (
      select array(
        select nt.note_id from note_tags nt where nt.tag_id = own.tag_id and nt.note_id <> $1
        order by nt.created_at desc, nt.note_id desc limit ${CANDIDATES}
      ) as ids
      from note join note_tags own on own.note_id = note.id
    ),
    located as materialized (select array(${SITE}) as ids from note),
    shared(reason, weight, ids) as (
      select 'tags', 1 / ${rarity}, ids from tagged
      union all
      select 'site', 0.5 / ${rarity}, ids from located
      union all
      select 'words', weight, ids from telling
      union all
      select 'links', 1, array(
        select distinct t.id from (
          select * from note_links l where l.note_id = note.id order by l.position limit ${CANDIDATES}
        ) l cross join lateral (${linkedNote('t.id')}) t
      ) from note
      union all
      select 'links', 1, array(
        select id from (${linkingNotes('s.id, s.created_at', 'note', `limit ${CANDIDATES}`)}) s
      ) from note
    ),
    scored as (
      select id, sum(weight) as score, array_agg(reason order by weight desc, reason) as reasons
      from (select id, reason, sum(weight) as weight from shared cross join unnest(ids) as id where id <> $1 group by id, reason) by_reason
      group by id
    )
    select best.* from note left join lateral (
      select n.id, n.title, n.url, round(s.score::numeric, 4)::float8 as score, s.reasons, n.created_at
      from scored s join notes n on n.id = s.id
      where n.user_id = $2 and n.deleted_at is null
      order by s.score desc, n.created_at desc, n.id desc limit $3
    ) best on true
    order by best.score desc, best.created_at desc, best.id desc`,
};

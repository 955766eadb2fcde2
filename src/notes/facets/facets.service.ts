import { Injectable } from '@nestjs/common';
import { SqlParams } from '../../database/sql-params';
import { Statements } from '../../database/statements';
import type { NoteFilters } from '../list-notes.query';
import { ConditionReader } from '../note-conditions';
import { SearchesService } from '../searches/searches.service';
import type { FacetsResponse } from './facets.response';

/** Notes that are counted: each costs a look at its row and one at its tags. */
const MOST = 10_000;
/** Tags and notebooks that are shown. */
const SHOWN = 20;

const NOTHING: FacetsResponse = {
  total: { count: 0, isExact: true },
  tags: [],
  notebooks: [],
  kinds: { note: 0, bookmark: 0 },
  years: [],
};

/** An array of JSON of the rows of a query. */
const listOf = (query: string): string => `(select coalesce(json_agg(f), '[]') from (${query}) f)`;

/** The tags and notebooks that most have, counted by id before names are looked up. */
const TAGS = listOf(`
  select t.id, t.name, used.count from (
    select link.tag_id, count(*)::integer as count from counted c
    -- Kept apart by the offset: joined, the planner may read the tags of all users' notes.
    cross join lateral (select nt.tag_id from note_tags nt where nt.note_id = c.id offset 0) link
    group by link.tag_id
  ) used join tags t on t.id = used.tag_id
  order by used.count desc, t.name_key limit ${SHOWN}`);

const NOTEBOOKS = listOf(`
  select b.id, b.name, used.count from (
    select c.notebook_id, count(*)::integer as count from counted c where c.notebook_id is not null group by c.notebook_id
  ) used join notebooks b on b.id = used.notebook_id
  order by used.count desc, b.name_key, b.id limit ${SHOWN}`);

const YEARS = listOf(`
  select extract(year from c.created_at at time zone 'UTC')::integer as year, count(*)::integer as count from counted c
  group by 1 order by 1 desc`);

const KINDS = `(
  select json_build_object('note', count(*) filter (where c.is_note), 'bookmark', count(*) filter (where not c.is_note)) from counted c
)`;

/** Counts what a list has, by tag, notebook, kind and year. */
@Injectable()
export class FacetsService {
  constructor(
    private readonly statements: Statements,
    private readonly conditions: ConditionReader,
    private readonly searches: SearchesService,
  ) {}

  /** The facets of the notes that `query` asks for; of the 10,000 newest, if they are more. One statement, apart from looking up names of the query. */
  async of(userId: string, asked: NoteFilters): Promise<FacetsResponse> {
    const saved = await this.searches.partsOf(userId, asked);
    if (saved === null) return NOTHING;
    const query = { ...asked, ...saved };
    const params = new SqlParams([userId]);
    const { from, where, createdAt, id, search } = await this.conditions.read(query, params, true);
    if (search === null && query.q !== undefined) return NOTHING;
    const text = `
      with matches as materialized (
        select ${id} as id, ${createdAt} as created_at, n.notebook_id, n.url is null as is_note from ${from}
        where ${where.join(' and ')}
        order by ${createdAt} desc, ${id} desc limit ${MOST + 1}
      ),
      counted as materialized (select * from matches order by created_at desc, id desc limit ${MOST})
      select
        (select json_build_object('count', least(count(*), ${MOST}), 'isExact', count(*) <= ${MOST}) from matches) as total,
        ${TAGS} as tags, ${NOTEBOOKS} as notebooks, ${KINDS} as kinds, ${YEARS} as years`;
    const [facets = NOTHING] = await this.statements.run<FacetsResponse>({ text }, params.values);
    return facets;
  }
}

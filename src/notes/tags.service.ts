import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../common/page';
import { Statements } from '../database/statements';
import { idIn, textIn } from './note-cursor';
import { TagResponse, type TagRow } from './tag.response';

const KIND = 'tags';

/**
 * $1 the user, $2 and $3 where the page begins, $4 how many. Notes in the trash do not count: they are few, so that counting all and taking them off reads only
 * indexes for the rest.
 */
const LIST_TAGS = {
  name: 'list-tags',
  text: `
    with trashed as materialized (
      select nt.tag_id, count(*) as count from notes n join note_tags nt on nt.note_id = n.id
      where n.user_id = $1 and n.deleted_at is not null
      group by nt.tag_id
    )
    select t.id, t.name, t.name_key, t.created_at,
      (select count(*) from note_tags nt where nt.tag_id = t.id)::int
        - coalesce((select trashed.count from trashed where trashed.tag_id = t.id), 0)::int as count
    from tags t
    where t.user_id = $1 and (t.name_key, t.id) > ($2, $3::uuid)
    order by t.name_key, t.id
    limit $4`,
};

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class TagsService {
  constructor(private readonly statements: Statements) {}

  /** Tags by name. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<TagResponse>> {
    const [key, id] = query.cursor === undefined ? ['', FIRST_ID] : decodeCursor(KIND, query.cursor, 2);
    const rows = await this.statements.run<TagRow>(LIST_TAGS, [userId, textIn(key), idIn(id), query.limit + 1]);
    return pageOf(rows, query.limit, TagResponse.from, (row) => encodeCursor(KIND, [row.name_key, row.id]));
  }
}

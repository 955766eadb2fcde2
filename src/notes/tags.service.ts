import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../common/page';
import { Statements } from '../database/statements';
import { idIn, textIn } from './note-cursor';
import { TagResponse, type TagRow } from './tag.response';

const KIND = 'tags';

/** $1 the user, $2 and $3 where the page begins, $4 how many. Notes in the trash do not count. */
const LIST_TAGS = {
  name: 'list-tags',
  text: `
    select t.id, t.name, t.name_key, t.created_at,
      (select count(*)::int from note_tags nt join notes n on n.id = nt.note_id where nt.tag_id = t.id and n.deleted_at is null) as count
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

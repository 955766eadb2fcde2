import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Statements } from '../../database/statements';
import { NOTE_ROW, type NoteRow } from '../note-row';
import { NoteResponse } from '../note.response';
import type { NotebookRow } from '../notebooks/notebook-row';
import type { SearchRow } from '../searches/search-writes';
import { SavedSearchResponse } from '../searches/search.response';
import type { TagRow } from '../tags/tag.response';
import type { ChangedEntity } from './change.response';
import { CHANGE_TYPES, type ChangeType } from './change-types';
import { NOTHING, SyncedType } from './synced-type';

/** Reads entities of a user, as they are now; those that are gone are missing. */
type ReadEntities = (statements: Statements, userId: string, ids: string[]) => Promise<Map<string, ChangedEntity>>;

/** The types of this folder. Another one is an entry here or a `SyncedType`, one in `CHANGE_TYPES`, a field of `ChangedEntity`, and triggers on its table. */
const OWN: Partial<Record<ChangeType, ReadEntities>> = {
  note: reader<NoteRow>('note', `${NOTE_ROW} from notes n`, 'n', (row) => ({
    ...NOTHING,
    note: NoteResponse.from(row),
  })),
  notebook: reader<Omit<NotebookRow, 'note_count'>>(
    'notebook',
    'b.id, b.name, b.name_key, b.parent_id, b.version, b.created_at, b.updated_at from notebooks b',
    'b',
    ({ id, name, parent_id, version, created_at, updated_at }) => ({
      ...NOTHING,
      notebook: { id, name, parentId: parent_id, version, ...times(created_at, updated_at) },
    }),
  ),
  tag: reader<Omit<TagRow, 'count'>>(
    'tag',
    't.id, t.name, t.name_key, t.version, t.created_at, t.updated_at from tags t',
    't',
    ({ id, name, version, created_at, updated_at }) => ({
      ...NOTHING,
      tag: { id, name, version, ...times(created_at, updated_at) },
    }),
  ),
  search: reader<SearchRow>(
    'search',
    's.id, s.name, s.name_key, s.q, s.sort, s.version, s.created_at, s.updated_at from searches s',
    's',
    (row) => ({ ...NOTHING, search: SavedSearchResponse.from(row) }),
  ),
};

/** Reads what the feed is about, of whatever type. */
@Injectable()
export class SyncedTypes {
  constructor(
    private readonly statements: Statements,
    private readonly discovery: DiscoveryService,
  ) {}

  /** Entities of several types by id, with one statement for each type that there is any of; those that are gone are missing. */
  async read(userId: string, entities: { type: ChangeType; id: string }[]): Promise<Map<string, ChangedEntity>> {
    const read = async (type: ChangeType): Promise<[string, ChangedEntity][]> => {
      const ids = entities.filter((entity) => entity.type === type).map(({ id }) => id);
      return ids.length === 0 ? [] : [...(await this.readAll(type, userId, ids))];
    };
    return new Map((await Promise.all(CHANGE_TYPES.map(read))).flat());
  }

  private readAll(type: ChangeType, userId: string, ids: string[]): Promise<Map<string, ChangedEntity>> {
    const own = OWN[type];
    if (own !== undefined) return own(this.statements, userId, ids);
    const instances = this.discovery.getProviders().map((provider): unknown => provider.instance);
    const found = instances.find((instance) => instance instanceof SyncedType && instance.type === type);
    if (found === undefined) throw new Error(`Nobody here reads a ${type} for the feed`);
    return (found as SyncedType).read(userId, ids);
  }
}

function reader<Row extends { id: string }>(
  type: ChangeType,
  selected: string,
  alias: string,
  toEntity: (row: Row) => ChangedEntity,
): ReadEntities {
  const text = `select ${selected} where ${alias}.user_id = $1 and ${alias}.id = any($2::uuid[])`;
  return async (statements, userId, ids) => {
    const rows = await statements.run<Row>({ name: `changed-${type}s`, text }, [userId, ids]);
    return new Map(rows.map((row) => [row.id, toEntity(row)]));
  };
}

function times(createdAt: Date, updatedAt: Date): { createdAt: string; updatedAt: string } {
  return { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

import { ApiProperty, ApiPropertyOptional, ApiSchema, OmitType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, ValidateBy, ValidateNested } from 'class-validator';
import { IsId } from '../../common/uuid';
import { ListNotesQuery } from '../list-notes.query';
import { TagNames } from '../note.requests';
import { tagKey } from '../tag-name';

const BOOLEAN = { message: 'must be true or false' };
const OBJECT = { message: 'must be an object' };

/** The filters of the list of notes. */
@ApiSchema({ description: 'The filters of `GET /notes`, by the same names; none: all notes that are not in the trash' })
export class NoteFilter extends OmitType(ListNotesQuery, ['limit', 'cursor', 'sort'] as const) {}

/** What is to become of each note. */
export class NoteChange {
  @ApiPropertyOptional({ type: [String], nullable: true, maxItems: 100, example: ['reference'] })
  @IsOptional()
  @TagNames()
  addTags?: string[] | null;

  @ApiPropertyOptional({ type: [String], nullable: true, maxItems: 100, example: ['inbox'] })
  @IsOptional()
  @TagNames()
  removeTags?: string[] | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, example: false })
  @IsOptional()
  @IsBoolean(BOOLEAN)
  pinned?: boolean | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, example: true })
  @IsOptional()
  @IsBoolean(BOOLEAN)
  archived?: boolean | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook to move them to; null: out of all',
    example: null,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsId()
  notebookId?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    description: 'true: into the trash; false: out of it',
    example: false,
  })
  @IsOptional()
  @IsBoolean(BOOLEAN)
  trashed?: boolean | null;
}

/** Says what is wrong with a change that is well-formed, or null. */
function changeProblem(change: unknown): string | null {
  if (!(change instanceof NoteChange)) return OBJECT.message;
  const { addTags, removeTags, notebookId, ...others } = change;
  const lists = [addTags ?? [], removeTags ?? []];
  const isSaid =
    notebookId !== undefined || Object.values(others).some((value) => value !== undefined && value !== null);
  if (!isSaid && lists.flat().length === 0) {
    return 'must change something: addTags, removeTags, notebookId, pinned, archived or trashed';
  }
  const [added, removed] = lists.map((names) => new Set(names.filter((name) => typeof name === 'string').map(tagKey)));
  return [...(added ?? [])].some((key) => removed?.has(key)) ? 'must not add and remove the same tag' : null;
}

function IsNoteChange(): PropertyDecorator {
  return ValidateBy({
    name: 'isNoteChange',
    validator: {
      validate: (change) => changeProblem(change) === null,
      defaultMessage: (args) => changeProblem(args?.value) ?? OBJECT.message,
    },
  });
}

export class BulkRequest {
  @ApiProperty({ type: NoteFilter, description: 'Which notes', example: { tag: ['inbox'] } })
  @IsObject(OBJECT)
  @ValidateNested(OBJECT)
  @Type(() => NoteFilter)
  filter!: NoteFilter;

  @ApiProperty({ type: NoteChange, description: 'At least one change', example: { addTags: ['reference'] } })
  @IsNoteChange()
  @ValidateNested(OBJECT)
  @Type(() => NoteChange)
  change!: NoteChange;
}

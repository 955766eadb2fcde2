import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, isUUID, IsUUID, ValidateBy } from 'class-validator';
import { Flag } from '../common/flag';
import { PageQuery } from '../common/page';
import { IsStorableText } from '../common/text';
import { parseIsoTime } from '../common/iso-time';

export const NOTE_SORTS = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'] as const;
export type NoteSort = (typeof NOTE_SORTS)[number];

const TIME = { type: String, format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

const Time = (): PropertyDecorator => (target, property) => {
  IsOptional()(target, property);
  Transform(({ value }) => (typeof value === 'string' ? (parseIsoTime(value) ?? value) : value))(target, property);
  ValidateBy({
    name: 'isIsoTime',
    validator: {
      validate: (value) => value instanceof Date,
      defaultMessage: () => 'must be an ISO 8601 time such as 2026-11-23T18:00:00Z, or a day',
    },
  })(target, property);
};

const Notebook = (): PropertyDecorator => (target, property) => {
  IsOptional()(target, property);
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))(
    target,
    property,
  );
  ValidateBy({
    name: 'isNotebook',
    validator: {
      validate: (value) => value === 'none' || isUUID(value),
      defaultMessage: () => 'must be the id of a notebook, or none',
    },
  })(target, property);
};

/** Filters, order and page of `GET /notes`. */
export class ListNotesQuery extends PageQuery {
  @ApiPropertyOptional({
    type: [String],
    description: 'Notes that have this tag; repeated: all of them',
    example: ['database'],
  })
  @IsOptional()
  @Transform(({ value }) => (Array.isArray(value) || value === undefined ? value : [value]))
  @IsStorableText({ maxCodePoints: 100, multiline: false }, { each: true })
  @ArrayMaxSize(20, { message: 'must be given at most 20 times' })
  tag?: string[];

  @ApiPropertyOptional({
    type: String,
    description: 'Notes in this notebook or in one below it; `none`: in no notebook',
    example: 'none',
  })
  @Notebook()
  notebook?: string;

  @ApiPropertyOptional({ enum: ['note', 'bookmark'], description: 'Without it, both' })
  @IsOptional()
  @IsIn(['note', 'bookmark'], { message: 'must be note or bookmark' })
  kind?: 'note' | 'bookmark';

  @ApiPropertyOptional({ type: Boolean, description: 'Without it, both' })
  @Flag()
  pinned?: boolean;

  @ApiPropertyOptional({ type: Boolean, description: 'Without it, both' })
  @Flag()
  archived?: boolean;

  @ApiPropertyOptional({ type: Boolean, description: 'true: only the trash; without it, all but the trash' })
  @Flag()
  trashed?: boolean;

  @ApiPropertyOptional({ ...TIME, description: 'Inclusive' })
  @Time()
  createdAfter?: Date;

  @ApiPropertyOptional({ ...TIME, description: 'Exclusive' })
  @Time()
  createdBefore?: Date;

  @ApiPropertyOptional({ ...TIME, description: 'Inclusive' })
  @Time()
  updatedAfter?: Date;

  @ApiPropertyOptional({ ...TIME, description: 'Exclusive' })
  @Time()
  updatedBefore?: Date;

  @ApiPropertyOptional({ enum: NOTE_SORTS, description: 'Default: -createdAt; with q, by relevance' })
  @IsOptional()
  @IsIn(NOTE_SORTS, { message: `must be one of ${NOTE_SORTS.join(', ')}` })
  sort?: NoteSort;

  @ApiPropertyOptional({
    maxLength: 1000,
    description: 'Search: words, "phrases", -not, OR, ( ), word*, tag:, in:, is:, has:, site:, created:, updated:',
    example: 'postgres -mysql tag:database',
  })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 1_000, multiline: true })
  q?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'A saved search: as `q` and `sort`; beside `q`, notes that match both',
    example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID('all', { message: 'must be the id of a saved search' })
  search?: string;
}

/** Which notes, without their order and page. */
export class NoteFilters extends OmitType(ListNotesQuery, ['limit', 'cursor', 'sort'] as const) {}

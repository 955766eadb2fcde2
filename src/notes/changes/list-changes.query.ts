import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { CHANGE_TYPES, type ChangeType } from './change-types';

const LIMIT = { message: 'must be a whole number from 1 to 500' };
const SINCE = { message: 'must be the page.nextCursor of a page of changes' };

/** What of the feed to read. */
export class ListChangesQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 500,
    default: 20,
    description: 'Most changes on a page',
  })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value))
  @IsInt(LIMIT)
  @Min(1, LIMIT)
  @Max(500, LIMIT)
  limit: number = 20;

  @ApiPropertyOptional({
    description: '`page.nextCursor` of the page before; without it, from the start: all that is there',
  })
  @IsOptional()
  @IsString(SINCE)
  @MaxLength(2_000, SINCE)
  since?: string;

  @ApiPropertyOptional({
    enum: CHANGE_TYPES,
    isArray: true,
    description:
      'Only changes of these, separated by commas or repeated; without it, of all. Keep to the same ones from the start on',
    example: ['note', 'tag'],
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayMinSize(1, { message: 'must name a type at least' })
  @ArrayMaxSize(CHANGE_TYPES.length, { message: 'must name each type once' })
  @IsIn(CHANGE_TYPES, { each: true, message: `must be of ${CHANGE_TYPES.join(', ')}, separated by commas` })
  types?: ChangeType[];
}

import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional, ValidateBy, ValidateIf } from 'class-validator';
import { textProblem } from '../../common/text';
import { NOTE_SORTS, type NoteSort } from '../list-notes.query';
import { nameProblem } from '../tag-name';

const SORT = { message: `must be one of ${NOTE_SORTS.join(', ')}` };

const Judged = (name: string, problem: (value: unknown) => string | null): PropertyDecorator =>
  ValidateBy({
    name,
    validator: {
      validate: (value) => problem(value) === null,
      defaultMessage: (args) => problem(args?.value) ?? 'must be text',
    },
  });

const IsSearchName = (): PropertyDecorator =>
  Judged('isSearchName', (value) => (typeof value === 'string' ? nameProblem(value) : 'must be a string'));

const IsSearchText = (): PropertyDecorator =>
  Judged('isSearchText', (value) => {
    const problem = textProblem(value, { maxCodePoints: 1_000, multiline: true });
    return problem ?? (String(value).trim() === '' ? 'must not be empty' : null);
  });

export class CreateSearchRequest {
  @ApiProperty({ maxLength: 100, description: 'Without regard to case, no two have the same', example: 'Databases' })
  @IsSearchName()
  name!: string;

  @ApiProperty({ maxLength: 1000, description: 'As `q` of the list of notes', example: 'tag:database -mysql' })
  @IsSearchText()
  q!: string;

  @ApiPropertyOptional({
    type: String,
    enum: NOTE_SORTS,
    nullable: true,
    description: 'The order of its hits; null: by relevance',
    example: '-updatedAt',
  })
  @IsOptional()
  @IsIn(NOTE_SORTS, SORT)
  sort?: NoteSort | null;
}

@ApiSchema({ description: 'A JSON merge patch (RFC 7396): an absent field is left alone' })
export class UpdateSearchRequest {
  @ApiPropertyOptional({ maxLength: 100, example: 'Databases' })
  @ValidateIf(({ name }: UpdateSearchRequest) => name !== undefined)
  @IsSearchName()
  name?: string;

  @ApiPropertyOptional({ maxLength: 1000, example: 'tag:database' })
  @ValidateIf(({ q }: UpdateSearchRequest) => q !== undefined)
  @IsSearchText()
  q?: string;

  @ApiPropertyOptional({
    type: String,
    enum: NOTE_SORTS,
    nullable: true,
    description: 'null: by relevance',
    example: null,
  })
  @IsOptional()
  @IsIn(NOTE_SORTS, SORT)
  sort?: NoteSort | null;
}

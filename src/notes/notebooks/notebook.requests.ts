import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsUUID, ValidateBy, ValidateIf } from 'class-validator';
import { IsClientId } from '../../common/uuid';
import { notebookNameProblem } from './notebook-name';

const UUID = { message: 'must be a UUID' };

const LowerCase = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value));

function problemOf(value: unknown): string | null {
  return typeof value === 'string' ? notebookNameProblem(value) : 'must be a string';
}

const IsNotebookName = (): PropertyDecorator =>
  ValidateBy({
    name: 'isNotebookName',
    validator: {
      validate: (value) => problemOf(value) === null,
      defaultMessage: (args) => problemOf(args?.value) ?? 'must be a name',
    },
  });

export class CreateNotebookRequest {
  @ApiProperty({ maxLength: 100, description: 'Siblings differ, without regard to case', example: 'Recipes' })
  @IsNotebookName()
  name!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook to make it in',
    example: null,
  })
  @IsOptional()
  @LowerCase()
  @IsUUID('all', UUID)
  parentId?: string | null;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Made by the client: a UUID of version 4 or 7; without it, the server makes one',
    example: '0198f2a4-6a5c-7cc3-98c2-0a7d4e1b2f30',
  })
  @ValidateIf(({ id }: CreateNotebookRequest) => id !== undefined)
  @LowerCase()
  @IsClientId()
  id?: string;
}

/** A JSON merge patch (RFC 7396): absent leaves alone. */
@ApiSchema({ description: 'A JSON merge patch (RFC 7396): an absent field is left alone' })
export class UpdateNotebookRequest {
  @ApiPropertyOptional({ maxLength: 100, example: 'Recipes' })
  @ValidateIf(({ name }: UpdateNotebookRequest) => name !== undefined)
  @IsNotebookName()
  name?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook to move it into, with all below; null: into none',
    example: null,
  })
  @IsOptional()
  @LowerCase()
  @IsUUID('all', UUID)
  parentId?: string | null;
}

export const DELETE_MODES = ['move-up', 'trash'] as const;
export type DeleteMode = (typeof DELETE_MODES)[number];

export class DeleteNotebookQuery {
  @ApiProperty({
    enum: DELETE_MODES,
    description:
      '`move-up`: notes and notebooks in it go to the one that it is in; `trash`: the notes in it and below go to the trash, the notebooks go',
  })
  @IsIn(DELETE_MODES, { message: `must be ${DELETE_MODES.join(' or ')}` })
  notes!: DeleteMode;
}

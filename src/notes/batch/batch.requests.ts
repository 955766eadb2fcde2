import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsId } from '../../common/uuid';
import { CreateNoteRequest, TagNames, UpdateNoteRequest } from '../note.requests';

const MAX_OPERATIONS = 100;
const NOTE = { message: 'must be an object with the fields of a note' };
const ID = { format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' };

/** The name of an operation, by which its kind is told. */
const Op = (name: string): PropertyDecorator =>
  applyDecorators(ApiProperty({ enum: [name], example: name }), IsIn([name], { message: `must be ${name}` }));

/** What each operation has. */
abstract class NoteOperation {
  abstract op: string;
}

abstract class ExistingNoteOperation extends NoteOperation {
  @ApiProperty({ description: 'Of the note', ...ID })
  @IsId()
  id!: string;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'As the header `If-Match`', example: '"v1"' })
  @IsOptional()
  @IsString({ message: 'must be entity tags such as "v7", or *' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  ifMatch?: string | null;
}

export class CreateOperation extends NoteOperation {
  @Op('create')
  op!: 'create';

  @ApiProperty({ type: CreateNoteRequest, description: 'As in `POST /notes`' })
  @IsObject(NOTE)
  @ValidateNested(NOTE)
  @Type(() => CreateNoteRequest)
  note!: CreateNoteRequest;
}

export class UpdateOperation extends ExistingNoteOperation {
  @Op('update')
  op!: 'update';

  @ApiProperty({ type: UpdateNoteRequest, description: 'A merge patch, as in `PATCH /notes/{id}`' })
  @IsObject(NOTE)
  @ValidateNested(NOTE)
  @Type(() => UpdateNoteRequest)
  note!: UpdateNoteRequest;
}

export class TrashOperation extends ExistingNoteOperation {
  @Op('trash')
  op!: 'trash';
}

export class RestoreOperation extends ExistingNoteOperation {
  @Op('restore')
  op!: 'restore';
}

export class TagOperation extends ExistingNoteOperation {
  @Op('tag')
  op!: 'tag';

  @ApiProperty({ type: [String], description: 'To add', minItems: 1, maxItems: 100, example: ['database'] })
  @TagNames()
  @ArrayMinSize(1, { message: 'must have at least one item' })
  tags!: string[];
}

export class UntagOperation extends ExistingNoteOperation {
  @Op('untag')
  op!: 'untag';

  @ApiProperty({ type: [String], description: 'To take away', minItems: 1, maxItems: 100, example: ['database'] })
  @TagNames()
  @ArrayMinSize(1, { message: 'must have at least one item' })
  tags!: string[];
}

export class MoveOperation extends ExistingNoteOperation {
  @Op('move')
  op!: 'move';

  @ApiProperty({ type: String, nullable: true, description: 'The notebook; null: out of all', ...ID })
  @ValidateIf((_, value) => value !== null)
  @IsId()
  notebookId!: string | null;
}

export type AnyOperation =
  CreateOperation | UpdateOperation | TrashOperation | RestoreOperation | TagOperation | UntagOperation | MoveOperation;

const OPERATIONS = {
  create: CreateOperation,
  update: UpdateOperation,
  trash: TrashOperation,
  restore: RestoreOperation,
  tag: TagOperation,
  untag: UntagOperation,
  move: MoveOperation,
};
const NAMES = Object.keys(OPERATIONS);

/** What is made of an operation whose name nobody knows: it says so. */
class UnknownOperation {
  @IsIn(NAMES, { message: `must be one of ${NAMES.join(', ')}` })
  op!: string;
}

/** Of the class that its name says. Not by the discriminators of class-transformer, which throw at what is no object. */
function operationOf(given: unknown): object {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const op = isObject && 'op' in given ? String(given.op) : '';
  const type = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op as keyof typeof OPERATIONS] : UnknownOperation;
  return plainToInstance<object, unknown>(type, isObject ? given : {});
}

@ApiExtraModels(...Object.values(OPERATIONS))
export class BatchRequest {
  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MAX_OPERATIONS,
    description: 'Carried out in order',
    items: {
      oneOf: Object.values(OPERATIONS).map((type) => ({ $ref: getSchemaPath(type) })),
      discriminator: {
        propertyName: 'op',
        mapping: Object.fromEntries(Object.entries(OPERATIONS).map(([op, type]) => [op, getSchemaPath(type)])),
      },
    },
    example: [{ op: 'create', note: { title: 'From a batch', tags: ['batch'] } }],
  })
  @ValidateNested({ each: true, message: 'must have operations only' })
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(operationOf) : value))
  @ArrayMaxSize(MAX_OPERATIONS, { message: `must have at most ${MAX_OPERATIONS} items` })
  @ArrayMinSize(1, { message: 'must have at least one item' })
  @IsArray({ message: 'must be a list of operations' })
  operations!: AnyOperation[];

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    description: 'true: all or none; the first operation that fails is the answer. Else each has its own result',
    example: false,
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  atomic?: boolean | null;
}

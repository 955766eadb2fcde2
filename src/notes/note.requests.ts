import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsOptional, IsUUID, ValidateBy } from 'class-validator';
import { IsStorableText } from '../common/text';
import { IsClientId } from '../common/uuid';
import { MAX_TAGS } from './note-fields';
import { IsLanguage } from './languages/language-subtag';
import { tagNameProblem } from './tag-name';

const BOOLEAN = { message: 'must be true or false' };

function problemOf(value: unknown): string | null {
  return typeof value === 'string' ? tagNameProblem(value) : 'must be a string';
}

/** Each name must be one that a tag may have; the first fault is named. */
function IsTagNames(): PropertyDecorator {
  return ValidateBy({
    name: 'isTagName',
    validator: {
      validate: (names) => Array.isArray(names) && names.every((name) => problemOf(name) === null),
      defaultMessage: (args) => {
        const names: unknown[] = Array.isArray(args?.value) ? args.value : [];
        const index = names.findIndex((name) => problemOf(name) !== null);
        return index < 0 ? 'must be a list of names' : `item ${index} ${problemOf(names[index])}`;
      },
    },
  });
}

/** A list of names that tags may have. */
export const TagNames = (): PropertyDecorator => (target, property) => {
  IsTagNames()(target, property);
  ArrayMaxSize(MAX_TAGS, { message: `must have at most ${MAX_TAGS} items` })(target, property);
  IsArray({ message: 'must be a list of names' })(target, property);
};

/** What may be said of a note, new or not. */
abstract class NoteFieldsRequest {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 500, example: 'PostgreSQL' })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 500, multiline: false })
  title?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Markdown, at most 1 MiB',
    example: 'The *documentation* is excellent.',
  })
  @IsOptional()
  @IsStorableText({ maxBytes: 1_048_576, multiline: true })
  body?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uri',
    maxLength: 2048,
    example: 'https://www.postgresql.org/docs/',
  })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 2_048, multiline: false })
  url?: string | null;

  @ApiPropertyOptional({ type: [String], nullable: true, maxItems: MAX_TAGS, example: ['database', 'reference'] })
  @IsOptional()
  @TagNames()
  tags?: string[] | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'The notebook to put it into; null: into none',
    example: null,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID('all', { message: 'must be a UUID' })
  notebookId?: string | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, example: false })
  @IsOptional()
  @IsBoolean(BOOLEAN)
  pinned?: boolean | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, example: false })
  @IsOptional()
  @IsBoolean(BOOLEAN)
  archived?: boolean | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    pattern: '^[A-Za-z]{2,3}$',
    description: 'A primary language subtag (BCP 47), `und` for none; null: it is detected',
    example: null,
  })
  @IsOptional()
  @IsLanguage()
  language?: string | null;
}

/** The fields of a note. At least one of title, body and url must be there. */
@ApiSchema({ description: 'The fields of a note; at least one of title, body and url' })
export class CreateNoteRequest extends NoteFieldsRequest {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description:
      'An id that the client made, for work offline: a UUID of version 4 or 7. Without it, the server makes one',
    example: '0199c2a4-6f1e-7c3a-9d52-8b41f06a7e13',
  })
  @IsOptional()
  @IsClientId()
  id?: string | null;
}

/** A JSON merge patch (RFC 7396): null clears, absent leaves alone. */
@ApiSchema({ description: 'A JSON merge patch (RFC 7396): null clears a field, an absent one is left alone' })
export class UpdateNoteRequest extends NoteFieldsRequest {}

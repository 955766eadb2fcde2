import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IMPORT_FORMATS, type ImportFormat } from './readers/import-entry';

/** The parts of `multipart/form-data`; read as a stream, so this class only documents them. */
export class ImportRequest {
  @ApiPropertyOptional({
    enum: IMPORT_FORMATS,
    default: 'auto',
    description: 'What the file is; `auto` looks at its content',
  })
  format?: ImportFormat;

  @ApiProperty({
    type: 'string',
    format: 'binary',
    description:
      'A zip of Markdown files, one Markdown file, or a bookmarks file (Netscape HTML) as browsers and services export it',
  })
  file!: unknown;
}

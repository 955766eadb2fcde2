import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { PATCH_OPERATIONS } from './json-patch';

/** For the description of the API only: `parseJsonPatch` reads operations. */
@ApiSchema({
  description:
    'An operation of a JSON patch (RFC 6902), or one of two for texts: `str_ins` inserts `str` at `pos`, `str_del` removes `str`, which must be there, or `len` code units',
})
export class PatchOperationRequest {
  @ApiProperty({ enum: PATCH_OPERATIONS, example: 'str_ins' })
  op!: string;

  @ApiProperty({ description: 'A field (`/title`), or a tag by its index (`/tags/0`, `/tags/-`)', example: '/body' })
  path!: string;

  @ApiPropertyOptional({ description: 'Of `move` and `copy`', example: '/title' })
  from?: string;

  @ApiPropertyOptional({
    description: 'Of `add`, `replace` and `test`',
    example: 'PostgreSQL',
    oneOf: [
      { type: 'string' },
      { type: 'boolean' },
      { type: 'null' },
      { type: 'array', maxItems: 100, items: { type: 'string' } },
    ],
  })
  value?: unknown;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'In UTF-16 code units', example: 4 })
  pos?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'In UTF-16 code units', example: 4 })
  len?: number;

  @ApiPropertyOptional({ description: 'Of `str_ins` and `str_del`', example: 'very ' })
  str?: string;
}

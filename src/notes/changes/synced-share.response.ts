import { ApiProperty } from '@nestjs/swagger';

const TIME = { format: 'date-time', example: '2026-11-23T18:00:00.000Z' };

/** A link to a note for people without an account, as the feed has it: without its views, which change without it. The feature `sharing` makes and reads it. */
export class SyncedShare {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'What it shows', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f71' })
  noteId!: string;

  @ApiProperty({ description: 'Whether readers are asked for a password', example: false })
  hasPassword!: boolean;

  @ApiProperty({
    ...TIME,
    type: String,
    nullable: true,
    description: 'When it stops working; null: when it is revoked',
    example: '2099-12-31T00:00:00.000Z',
  })
  expiresAt!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Goes up by one at every change; the ETag is `"v<version>"`',
    example: 1,
  })
  version!: number;

  @ApiProperty(TIME)
  createdAt!: string;

  @ApiProperty(TIME)
  updatedAt!: string;
}

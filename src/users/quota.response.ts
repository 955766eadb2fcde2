import { ApiProperty } from '@nestjs/swagger';
import type { Allowance, Quota } from './quota';

export class AllowanceResponse {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null: as much as one likes', example: 10_000 })
  limit!: number | null;

  @ApiProperty({ type: 'integer', example: 42 })
  used!: number;

  static from({ limit, used }: Allowance): AllowanceResponse {
    return { limit, used };
  }
}

/** What a user keeps, and may keep. */
export class QuotaResponse {
  @ApiProperty({ description: 'Notes and bookmarks, those in the trash too' })
  notes!: AllowanceResponse;

  @ApiProperty({ description: 'Bytes of UTF-8 in their titles, bodies and addresses' })
  bytes!: AllowanceResponse;

  static from({ notes, bytes }: Quota): QuotaResponse {
    return { notes: AllowanceResponse.from(notes), bytes: AllowanceResponse.from(bytes) };
  }
}

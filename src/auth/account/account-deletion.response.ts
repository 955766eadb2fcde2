import { ApiProperty } from '@nestjs/swagger';

export class AccountDeletionResponse {
  @ApiProperty({
    format: 'date-time',
    description: 'When the account goes; until then `POST /users/me/keep` keeps it',
    example: '2026-11-30T18:00:00.000Z',
  })
  deleteAfter!: string;

  static from(deleteAfter: Date): AccountDeletionResponse {
    return { deleteAfter: deleteAfter.toISOString() };
  }
}

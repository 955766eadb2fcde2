import { ApiProperty } from '@nestjs/swagger';
import type { User, UserRole } from './user.entity';

export class UserResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ format: 'email', example: 'ada@example.org' })
  email!: string;

  @ApiProperty({ example: false })
  emailVerified!: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'Ada Lovelace' })
  name!: string | null;

  @ApiProperty({ enum: ['user', 'admin'], example: 'user' })
  role!: UserRole;

  @ApiProperty({ type: String, nullable: true, description: 'BCP 47; null: not chosen', example: 'de-CH' })
  locale!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'IANA; null: not chosen', example: 'Europe/Zurich' })
  timeZone!: string | null;

  @ApiProperty({ description: 'Whether changes of notes without `If-Match` are refused (428)', example: false })
  requireIfMatch!: boolean;

  @ApiProperty({ description: 'false: signs in by a provider or a passkey only', example: true })
  hasPassword!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When the account goes, where its owner asked for that; until then `POST /users/me/keep` keeps it',
    example: null,
  })
  deleteAfter!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  updatedAt!: string;

  static from(user: User): UserResponse {
    return {
      id: user.id,
      email: user.email,
      emailVerified: user.emailVerifiedAt !== null,
      name: user.name,
      role: user.role,
      locale: user.locale,
      timeZone: user.timeZone,
      requireIfMatch: user.requireIfMatch,
      hasPassword: user.hasPassword,
      deleteAfter: user.deleteAfter?.toISOString() ?? null,
      createdAt: user.createdAt.toISOString(),
      updatedAt: user.updatedAt.toISOString(),
    };
  }
}

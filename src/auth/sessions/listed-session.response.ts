import { ApiProperty } from '@nestjs/swagger';
import { type Session, SIGN_IN_METHODS, type SignInMethod } from './session.entity';

/** A device that is signed in, as its user sees it. */
export class ListedSessionResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Whether it is the session that asks', example: true })
  current!: boolean;

  @ApiProperty({ enum: SIGN_IN_METHODS, description: 'How it was opened', example: 'password' })
  method!: SignInMethod;

  @ApiProperty({ description: 'Whether a second factor was given', example: false })
  secondFactor!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where it was last refreshed from',
    example: '203.0.113.7',
  })
  ip!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The program that last refreshed it',
    example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  })
  userAgent!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was opened' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last refreshed: requests in between are not noted' })
  lastUsedAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it ends at the latest; sooner when it is not used' })
  expiresAt!: string;

  static from(session: Session, currentId: string): ListedSessionResponse {
    return {
      id: session.id,
      current: session.id === currentId,
      method: session.method,
      secondFactor: session.secondFactor,
      ip: session.ip,
      userAgent: session.userAgent,
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
    };
  }
}

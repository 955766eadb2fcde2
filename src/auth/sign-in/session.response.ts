import { ApiProperty } from '@nestjs/swagger';
import { UserResponse } from '../../users/user.response';

/** What a sign-in gives (RFC 6749, 5.1, in camelCase). */
export class SessionResponse {
  @ApiProperty({ type: UserResponse, description: 'Who is signed in' })
  user!: UserResponse;

  @ApiProperty({ description: 'A JWT, sent as `Authorization: Bearer …`' })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds until the access token expires', example: 600 })
  expiresIn!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Works once: POST /auth/refresh gives the next. null when it went into a cookie',
    example: 'cmr_AZqxwo0-fwCKESs8TV5vcOVZ1kZxGvLr0n8hJ0T2Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ0Q',
  })
  refreshToken!: string | null;
}

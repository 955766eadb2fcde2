import { ApiProperty } from '@nestjs/swagger';
import { UserResponse } from '../users/user.response';

/** What a sign-in gives (RFC 6749, 5.1, in camelCase). */
export class SessionResponse {
  @ApiProperty({ type: UserResponse })
  user!: UserResponse;

  @ApiProperty({ description: 'A JWT, sent as `Authorization: Bearer …`' })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'] })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds until the access token expires', example: 600 })
  expiresIn!: number;

  @ApiProperty({
    description: 'Works once: POST /auth/refresh gives the next',
    example: 'cmr_eVZ1kZxGvLr0n8hJ0T2Xw3b5mQ9sYd7uAa4cE6fG8hI',
  })
  refreshToken!: string;
}

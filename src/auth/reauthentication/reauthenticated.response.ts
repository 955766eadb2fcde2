import { ApiProperty } from '@nestjs/swagger';

/** A new access token for the same session. */
export class ReauthenticatedResponse {
  @ApiProperty({ description: 'A JWT that says when the user proved who they are; use it from now on' })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds until the access token expires', example: 600 })
  expiresIn!: number;
}

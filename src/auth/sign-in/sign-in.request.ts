import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

/** What every way to sign in takes. */
export abstract class SignInRequest {
  @ApiPropertyOptional({
    enum: ['body', 'cookie'],
    example: 'body',
    description:
      'Where the refresh token goes: into the answer (the default), or, for browsers, into an `HttpOnly` cookie',
  })
  @IsOptional()
  @IsIn(['body', 'cookie'], { message: 'must be body or cookie' })
  tokenDelivery?: 'body' | 'cookie';
}

import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

export class ReauthenticateRequest {
  @ApiProperty({ maxLength: 1000, format: 'password', example: 'correct horse battery' })
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  password!: string;
}

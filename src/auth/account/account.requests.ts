import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent, OptionalBody } from '../../common/validation';

@OptionalBody()
export class DeleteAccountRequest {
  @ApiPropertyOptional({
    maxLength: 1000,
    format: 'password',
    description: 'Without it, the session must be fresh',
    example: 'correct horse battery',
  })
  @MayBeAbsent()
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  password?: string;
}

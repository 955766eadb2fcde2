import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

/** Whatever a share takes as a password fits: 128 characters may be more code units, and more again before NFKC. */
export class OpenShareRequest {
  @ApiProperty({ maxLength: 1000, format: 'password', example: 'blue kettle' })
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  password!: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsStorableText } from '../common/text';

/** A JSON merge patch of the signed-in user. */
export class UpdateUserRequest {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200, example: 'Ada Lovelace' })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 200, multiline: false })
  name?: string | null;
}

import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { PageQuery } from '../../common/page';
import { IsStorableText } from '../../common/text';
import { MayBeAbsent } from '../../common/validation';
import type { UserRole } from '../../users/user.entity';

/** Search and page of `GET /admin/users`. */
export class ListUsersQuery extends PageQuery {
  @ApiPropertyOptional({ maxLength: 200, description: 'A part of the address or of the name', example: 'example.org' })
  @IsOptional()
  @IsNotEmpty({ message: 'must not be empty' })
  @IsStorableText({ maxCodePoints: 200, multiline: false })
  q?: string;
}

/** A limit, or null. A number as such: what is kept as one may not come as a text. */
const IsLimit = (max: number): PropertyDecorator => {
  const message = `must be a whole number, 0 to ${max}, or null`;
  return applyDecorators(IsOptional(), IsInt({ message }), Min(0, { message }), Max(max, { message }));
};

/** A JSON merge patch of what a user may keep. */
export class QuotaPatch {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: 2_147_483_647,
    description: 'The most notes, those in the trash too; 0: any number; null: as the server says (`USER_NOTE_LIMIT`)',
    example: 10_000,
  })
  @IsLimit(2_147_483_647)
  notes?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The most bytes of notes; 0: any size; null: as the server says (`USER_BYTE_LIMIT`)',
    example: null,
  })
  @IsLimit(Number.MAX_SAFE_INTEGER)
  bytes?: number | null;
}

/** A JSON merge patch of what only administrators change. */
export class AdministrateUserRequest {
  @ApiPropertyOptional({
    enum: ['user', 'admin'],
    description: 'A demotion ends the sessions of the user, since their access tokens say the role',
    example: 'user',
  })
  @MayBeAbsent()
  @IsIn(['user', 'admin'], { message: 'must be user or admin' })
  role?: UserRole;

  @ApiPropertyOptional({
    description: 'true: no way in works any more, and all sessions end; nothing is lost',
    example: false,
  })
  @MayBeAbsent()
  @IsBoolean({ message: 'must be true or false' })
  disabled?: boolean;

  @ApiPropertyOptional({ description: 'What is there already stays, also above a new limit' })
  @MayBeAbsent()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => QuotaPatch)
  quota?: QuotaPatch;
}

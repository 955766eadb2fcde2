import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsNotEmpty, IsOptional } from 'class-validator';
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
}

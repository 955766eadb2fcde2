import { ApiPropertyOptional } from '@nestjs/swagger';
import { Flag } from '../../common/flag';

export class DeleteNoteQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description: 'Whether to delete it for good, with its revisions: it must be in the trash',
  })
  @Flag()
  permanent?: boolean;
}

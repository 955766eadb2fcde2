import { Controller, Get, Header, Headers, Query, StreamableFile } from '@nestjs/common';
import {
  ApiGoneResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { EVENT_STREAM } from '../../common/event-stream';
import { EventsQuery } from './events.query';
import { EventsService } from './events.service';

const EXAMPLE = `retry: 3000
id: WyJjaGFuZ2VzIiwi…

id: WyJjaGFuZ2VzIiwi…
event: change
data: {"seq":42,"type":"note","id":"019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70","deleted":false,"changedAt":"2026-11-23T18:00:00.000Z"}

`;

@ApiTags('sync')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @RequireScope('notes:read')
  // Before the body, the answer is like any other; the connection is of no use after it.
  @Header('Cache-Control', 'no-store')
  @Header('X-Accel-Buffering', 'no')
  @Header('Connection', 'close')
  @ApiOperation({
    summary: 'Stream changes as they happen',
    description:
      'Server-sent events: `change`, with `data` as of `GET /changes` without what it is about, and an `id` that `since` of both routes takes. Comments keep the connection open. It ends when the credential does, and when the server stops: come back with `Last-Event-ID`. See docs/sync.md.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received; goes before `since`',
    schema: { type: 'string' },
  })
  @ApiOkResponse({
    description: 'The changes from there on, without end',
    content: { [EVENT_STREAM]: { schema: { type: 'string', example: EXAMPLE } } },
  })
  @ApiGoneResponse({ description: '`cursor-expired`: the cursor is too old; read `GET /changes` from the start' })
  @ApiTooManyRequestsResponse({ description: '`too-many-streams`: end one first, or come later' })
  async stream(
    @CurrentUser() user: AuthenticatedUser,
    @Query() { since }: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.events.open(user, lastEventId || since), { type: EVENT_STREAM });
  }
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

const SINCE = { message: 'must be the page.nextCursor of a page of changes, or the id of an event' };

/** Where a stream of events begins. */
export class EventsQuery {
  @ApiPropertyOptional({
    description:
      '`page.nextCursor` of a page of changes, or the id of an event; without it and without `Last-Event-ID`: now',
  })
  @IsOptional()
  @IsString(SINCE)
  @MaxLength(2_000, SINCE)
  since?: string;
}

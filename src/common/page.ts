import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { MalformedRequestError } from './problem';

const LIMIT = { message: 'must be a whole number from 1 to 100' };

/** `?limit=&cursor=` of every list. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'Most items on a page' })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value))
  @IsInt(LIMIT)
  @Min(1, LIMIT)
  @Max(100, LIMIT)
  limit: number = 20;

  @ApiPropertyOptional({ description: '`page.nextCursor` of the page before; opaque' })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of a page' })
  @MaxLength(2_000, { message: 'must be the nextCursor of a page' })
  cursor?: string;
}

export class PageInfo {
  @ApiProperty({ type: String, nullable: true, description: 'Pass it as `cursor` for the next page; null on the last' })
  nextCursor!: string | null;

  @ApiProperty({ description: 'Whether there is a next page', example: true })
  hasMore!: boolean;
}

export interface Page<T> {
  data: T[];
  page: PageInfo;
}

export type CursorValue = string | number | null;

/** An opaque cursor; `kind` ties it to the query that it belongs to. */
export function encodeCursor(kind: string, values: CursorValue[]): string {
  return Buffer.from(JSON.stringify([kind, ...values])).toString('base64url');
}

/**
 * The values of a cursor that `encodeCursor(kind, …)` made.
 * Nothing in it is trusted: values are only ever query parameters beside the user's id.
 * @throws MalformedRequestError when it is not one, belongs to another query, or has not one of `lengths` values.
 */
export function decodeCursor(kind: string, cursor: string, ...lengths: number[]): CursorValue[] {
  const [found, ...values] = parseCursor(cursor);
  if (found !== kind || !lengths.includes(values.length) || !values.every(isCursorValue)) {
    throw new MalformedRequestError('cursor is not one that this list gave: start again without it');
  }
  return values;
}

/** The page that `limit + 1` rows make: the row too many only says that there is more. */
export function pageOf<Row, T>(
  rows: Row[],
  limit: number,
  toItem: (row: Row) => T,
  cursorOf: (row: Row) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  const nextCursor = hasMore && last !== undefined ? cursorOf(last) : null;
  return { data: shown.map(toItem), page: { nextCursor, hasMore } };
}

/** Adds `Link: <…>; rel="next"` (RFC 8288), relative to the request, so that it holds behind any proxy. */
export function linkNext(reply: FastifyReply, page: PageInfo): void {
  if (page.nextCursor === null) return;
  const url = new URL(reply.request.originalUrl, 'http://localhost');
  url.searchParams.set('cursor', page.nextCursor);
  void reply.header('Link', `<${url.pathname}${url.search}>; rel="next"`);
}

function parseCursor(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}

function isCursorValue(value: unknown): value is CursorValue {
  return value === null || typeof value === 'number' || typeof value === 'string';
}

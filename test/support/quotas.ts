import type { TestApp } from './app';
import type { SignedIn } from './client';
import { query } from './database';

export const QUOTA = '/api/v1/users/me/quota';

export type Quota = Record<'notes' | 'bytes', { limit: number | null; used: number }>;

/** Numbers of notes and bytes: as the counters say, and as they are; and the last number of the sequence. */
export interface Stored {
  kept: number[];
  counted: number[];
  seq: number;
}

export async function storedOf(server: TestApp, { userId }: SignedIn): Promise<Stored> {
  const [row] = await query<Stored>(
    server.databaseUrl,
    `select json_build_array(note_count, note_bytes) as kept, change_seq::integer as seq,
       (select json_build_array(count(*), coalesce(sum(octet_length(concat(title, body, url))), 0)) from notes where user_id = users.id) as counted
     from users where id = $1`,
    [userId],
  );
  if (row === undefined) throw new Error('There is no such user');
  return row;
}

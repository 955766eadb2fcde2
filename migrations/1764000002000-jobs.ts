import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Background work: the user's view of it, and the outbox. */
export class Jobs1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table jobs (
        id uuid primary key,
        user_id uuid references users on delete cascade,
        type text not null,
        status text not null default 'queued' check (status in ('queued', 'active', 'completed', 'failed', 'cancelled')),
        payload jsonb not null,
        done integer not null default 0,
        total integer,
        result jsonb,
        error jsonb,
        attempts integer not null default 0,
        touched_at timestamptz(3) not null default now(),
        created_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        finished_at timestamptz(3)
      )`);
    await runner.query(`create index jobs_user_id_idx on jobs (user_id, created_at, id)`);
    await runner.query(`create index jobs_unfinished_idx on jobs (touched_at) where status in ('queued', 'active')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table jobs`);
  }
}

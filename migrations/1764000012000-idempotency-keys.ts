import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that are given again to a repeated request. */
export class IdempotencyKeys1764000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Checked at the end of the transaction: earlier, it would share-lock the user's row, and two requests that then change it would wait for each other.
    await runner.query(`
      create table idempotency_keys (
        user_id uuid not null references users (id) on delete cascade deferrable initially deferred,
        key text not null check (length(key) between 1 and 255),
        fingerprint bytea not null,
        status smallint,
        headers jsonb,
        body json,
        created_at timestamptz(3) not null default now(),
        primary key (user_id, key)
      )`);
    await runner.query(`create index idempotency_keys_created_at_idx on idempotency_keys (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table idempotency_keys`);
  }
}

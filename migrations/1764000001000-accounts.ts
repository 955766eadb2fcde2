import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users and their sessions. */
export class Accounts1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table users (
        id uuid primary key,
        email citext not null constraint users_email_key unique check (char_length(email) <= 254),
        email_verified_at timestamptz(3),
        password_hash text,
        name text check (char_length(name) <= 200),
        role text not null default 'user' check (role in ('user', 'admin')),
        change_seq bigint not null default 0,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);
    await runner.query(`
      create table sessions (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        refresh_hash bytea not null constraint sessions_refresh_hash_key unique,
        previous_hash bytea,
        rotated_at timestamptz(3),
        last_used_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        revoked_at timestamptz(3),
        user_agent text check (char_length(user_agent) <= 400),
        ip inet,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(
      `create index sessions_previous_hash_idx on sessions (previous_hash) where previous_hash is not null`,
    );
    await runner.query(`create index sessions_user_id_idx on sessions (user_id, created_at)`);
    await runner.query(`create index sessions_revoked_at_idx on sessions (revoked_at) where revoked_at is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table sessions`);
    await runner.query(`drop table users`);
  }
}

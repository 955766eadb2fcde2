import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Personal access tokens, and invitations to make an account. */
export class AccessTokens1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table access_tokens (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        name text not null check (char_length(name) between 1 and 100),
        hash bytea not null constraint access_tokens_hash_key unique,
        hint text not null check (char_length(hint) = 4),
        scopes text[] not null check (cardinality(scopes) between 1 and 20),
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        last_used_ip inet,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index access_tokens_user_id_idx on access_tokens (user_id, created_at, id)`);
    await runner.query(`
      create table invitations (
        id uuid primary key,
        invited_by uuid references users on delete set null,
        email citext not null check (char_length(email) <= 254),
        hash bytea not null constraint invitations_hash_key unique,
        expires_at timestamptz(3) not null,
        accepted_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index invitations_email_idx on invitations (email)`);
    await runner.query(`create index invitations_created_at_idx on invitations (created_at, id)`);
    await runner.query(
      `create index invitations_invited_by_idx on invitations (invited_by) where invited_by is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table invitations`);
    await runner.query(`drop table access_tokens`);
  }
}

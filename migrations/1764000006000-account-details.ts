import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What accounts and sessions hold beside the address and the password; one-time secrets; the audit trail. */
export class AccountDetails1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table users
        add column locale text check (char_length(locale) <= 35),
        add column time_zone text check (char_length(time_zone) <= 64),
        add column password_changed_at timestamptz(3),
        add column disabled_at timestamptz(3),
        add column delete_after timestamptz(3)`);
    await runner.query(`create index users_delete_after_idx on users (delete_after) where delete_after is not null`);
    await runner.query(`create index users_created_at_idx on users (created_at, id)`);
    // Finds accounts by a part of the address or of the name, for those who administrate.
    await runner.query(
      `create index users_search_idx on users using gin ((email::text || ' ' || coalesce(name, '')) gin_trgm_ops)`,
    );
    await runner.query(`
      alter table sessions
        add column authenticated_at timestamptz(3) not null default now(),
        add column method text not null default 'password'
          check (method in ('password', 'passkey', 'google', 'github', 'oidc')),
        add column second_factor boolean not null default false,
        add column in_cookie boolean not null default false`);
    await runner.query(`update sessions set authenticated_at = created_at`);
    await runner.query(`
      create table one_time_tokens (
        id uuid primary key,
        user_id uuid references users on delete cascade,
        purpose text not null,
        hash bytea not null constraint one_time_tokens_hash_key unique,
        email citext check (char_length(email) <= 254),
        data jsonb,
        attempts integer not null default 0,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index one_time_tokens_user_id_idx on one_time_tokens (user_id, purpose)`);
    await runner.query(`create index one_time_tokens_expires_at_idx on one_time_tokens (expires_at)`);
    await runner.query(`
      create table audit_events (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        actor_id uuid references users on delete set null,
        type text not null,
        session_id uuid,
        ip inet,
        user_agent text check (char_length(user_agent) <= 400),
        detail jsonb,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index audit_events_user_id_idx on audit_events (user_id, created_at, id)`);
    await runner.query(`create index audit_events_actor_id_idx on audit_events (actor_id) where actor_id is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table audit_events`);
    await runner.query(`drop table one_time_tokens`);
    await runner.query(`
      alter table sessions
        drop column authenticated_at, drop column method, drop column second_factor, drop column in_cookie`);
    await runner.query(`drop index users_search_idx`);
    await runner.query(`drop index users_created_at_idx`);
    await runner.query(`
      alter table users
        drop column locale, drop column time_zone, drop column password_changed_at, drop column disabled_at,
        drop column delete_after`);
  }
}

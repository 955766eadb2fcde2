import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Searches that are kept under a name. */
export class Searches1764000014700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table searches (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        name text not null check (char_length(name) between 1 and 100),
        name_key text collate "C" not null,
        q text not null check (char_length(q) between 1 and 1000),
        sort text,
        version integer not null default 1,
        seq bigint not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint searches_name_key unique (user_id, name_key)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table searches`);
  }
}

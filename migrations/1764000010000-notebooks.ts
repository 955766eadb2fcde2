import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A tree of notebooks, and the place of each note in it. */
export class Notebooks1764000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The names of siblings are compared at the end of a statement: one that takes a notebook out may move a child of the same name into its place.
    await runner.query(`
      create table notebooks (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        parent_id uuid,
        name text not null check (char_length(name) between 1 and 100),
        name_key text collate "C" not null,
        version integer not null default 1,
        seq bigint not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint notebooks_owner_key unique (user_id, id),
        constraint notebooks_parent_fkey foreign key (user_id, parent_id) references notebooks (user_id, id),
        constraint notebooks_own_parent check (parent_id <> id),
        constraint notebooks_name_key unique nulls not distinct (user_id, parent_id, name_key) deferrable
      )`);
    await runner.query(`create index notebooks_name_idx on notebooks (user_id, name_key, id)`);
    // `set null` only serves the end of an account, whose rows go in any order: nothing else removes a notebook that has notes.
    await runner.query(`
      alter table notes
        add column notebook_id uuid,
        add column notebook_path text[],
        add constraint notes_notebook_fkey foreign key (user_id, notebook_id) references notebooks (user_id, id) on delete set null (notebook_id),
        add constraint notes_notebook_path_trashed check (notebook_path is null or deleted_at is not null)`);
    // Enough for the planner to know large notebooks of many users from small ones.
    await runner.query(`alter table notes alter column notebook_id set statistics 1000`);
    await runner.query(`
      create index notes_notebook_idx on notes (user_id, notebook_id, created_at, id) where notebook_id is not null and deleted_at is null`);
    await runner.query(`
      create index notes_unfiled_idx on notes (user_id, created_at, id) where notebook_id is null and deleted_at is null`);
    await runner.query(`create index notes_notebook_id_idx on notes (notebook_id) where notebook_id is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table notes drop column notebook_path, drop column notebook_id`);
    await runner.query(`drop table notebooks`);
  }
}

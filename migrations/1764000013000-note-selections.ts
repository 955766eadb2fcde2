import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The notes that jobs are still to change. */
export class NoteSelections1764000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table note_selections (
        job_id uuid not null references jobs (id) on delete cascade,
        part integer not null,
        note_ids uuid[] not null,
        primary key (job_id, part)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table note_selections`);
  }
}

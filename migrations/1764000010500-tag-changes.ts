import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What clients need to follow changes of tags, and what a tag is called on notes that its new name has not reached yet. */
export class TagChanges1764000010500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table tags
        add column version integer not null default 1,
        add column seq bigint not null default 0,
        add column updated_at timestamptz(3) not null default now(),
        add column former_name text,
        add column renamed_seq bigint,
        add constraint tags_renaming_whole check (num_nonnulls(former_name, renamed_seq) in (0, 2))`);
    await runner.query(`update tags set updated_at = created_at`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table tags
        drop column renamed_seq, drop column former_name, drop column updated_at, drop column seq, drop column version`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts may ask that no note is changed without If-Match. */
export class RequireIfMatch1764000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table users add column require_if_match boolean not null default false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table users drop column require_if_match`);
  }
}

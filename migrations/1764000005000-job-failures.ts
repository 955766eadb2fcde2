import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed attempts, apart from attempts: one that a shutdown interrupts is not a failure. */
export class JobFailures1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table jobs add column failures integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table jobs drop column failures`);
  }
}

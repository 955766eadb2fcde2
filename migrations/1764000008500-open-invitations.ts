import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One open invitation an address: a new one takes the place of the old. */
export class OpenInvitations1764000008500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from invitations older using invitations newer
      where older.email = newer.email and older.accepted_at is null and newer.accepted_at is null
        and (older.created_at, older.id) < (newer.created_at, newer.id)`);
    await runner.query(`create unique index invitations_email_key on invitations (email) where accepted_at is null`);
    await runner.query(`drop index invitations_email_idx`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`create index invitations_email_idx on invitations (email)`);
    await runner.query(`drop index invitations_email_key`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails to send, and which ones were. */
export class Mails1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table mails (
        id uuid primary key,
        user_id uuid references users on delete cascade,
        recipient text not null check (char_length(recipient) <= 254),
        subject text not null,
        text text,
        html text,
        created_at timestamptz(3) not null default now(),
        sent_at timestamptz(3)
      )`);
    await runner.query(`create index mails_user_id_idx on mails (user_id) where user_id is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table mails`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Until when somebody streams the feed of a user. Of such a user, what is written to the feed is told; of others nothing is: commits that notify come one after the
 * other, in the whole database.
 */
export class FeedWatch1764000017500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table users add column watched_until timestamptz`);
    await runner.query(`
      create function tell_of_feed() returns trigger language plpgsql as $$
      begin
        perform pg_notify('commonplace_feed', new.id::text);
        return null;
      end $$`);
    await runner.query(`
      create trigger users_feed_written after update of feed_seq on users for each row
      when (new.watched_until > now()) execute function tell_of_feed()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger users_feed_written on users`);
    await runner.query(`drop function tell_of_feed()`);
    await runner.query(`alter table users drop column watched_until`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The words of each user's notes, to find the one that was meant by one that is misspelt. */
export class SearchWords1764000011500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table search_words (
        user_id uuid not null references users on delete cascade,
        word text collate "C" not null check (char_length(word) between 3 and 40),
        primary key (user_id, word)
      )`);
    await runner.query(`
      create index search_words_trigrams_idx on search_words using gin (user_id, word gin_trgm_ops) with (gin_pending_list_limit = 256)`);
    await runner.query(`
      create table search_word_lists (
        user_id uuid primary key references users on delete cascade,
        seq bigint not null
      )`);
    await runner.query(`create index notes_seq_idx on notes (user_id, seq)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index notes_seq_idx`);
    await runner.query(`drop table search_word_lists`);
    await runner.query(`drop table search_words`);
  }
}

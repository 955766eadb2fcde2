import type { MigrationInterface, QueryRunner } from 'typeorm';

const FOLDED = 'normalize(lower(normalize(title, NFKC)), NFKC)';

/** Links lead to Greek titles with either small sigma: where one stands is a matter of spelling, and of capital letters only one is made. */
export class LinkKeys1764000022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.replace(runner, `replace(${FOLDED}, 'ς', 'σ')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.replace(runner, FOLDED);
  }

  /** Whatever was made with the former function is made anew. */
  private async replace(runner: QueryRunner, folded: string): Promise<void> {
    // First, as whoever writes notes locks their user first: else the two would wait for each other. Until the commit, writers wait for the index.
    await runner.query(`lock table users in exclusive mode`);
    await runner.query(`
      create or replace function link_key(title text) returns bytea
      language plpgsql immutable strict parallel safe as $$
      begin
        return sha256(convert_to(btrim(regexp_replace(${folded}, '\\s+', ' ', 'g')), 'UTF8'));
      end $$`);
    // Of two spellings in one note, the first counts, as when it is written.
    await runner.query(`
      delete from note_links where ctid = any(array(
        select place from (
          select ctid as place, row_number() over (partition by note_id, link_key(target) order by position) as nth from note_links
        ) l
        where nth > 1
      ))`);
    await runner.query(`update note_links set target_key = link_key(target) where target_key <> link_key(target)`);
    await runner.query(`reindex index notes_link_key_idx`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const EXTENSIONS = ['citext', 'unaccent', 'btree_gin', 'pg_trgm'];

/** Extensions, and the text search configuration `commonplace`: words as they are, lower case, without accents. */
export class Extensions1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const extension of EXTENSIONS) await this.create(runner, extension);
    await runner.query(`create text search configuration commonplace (copy = simple)`);
    await runner.query(`
      alter text search configuration commonplace
        alter mapping for asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart
        with unaccent, simple`);
  }

  /** The extensions stay: other schemas of the database may use them. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop text search configuration commonplace`);
  }

  private async create(runner: QueryRunner, extension: string): Promise<void> {
    const [found] = await runner.query(`select 1 from pg_extension where extname = $1`, [extension]);
    if (found !== undefined) return;
    try {
      await runner.query(`create extension ${extension}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The database needs the extension ${extension}, and this role could not create it (${reason}). ` +
          `Ask an administrator to run, in this database: ${EXTENSIONS.map((name) => `create extension if not exists ${name};`).join(' ')}`,
        { cause: error },
      );
    }
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type ObjectLiteral } from 'typeorm';
import { NoteExport } from '../../notes/note-export';
import type { NoteRow } from '../../notes/note-row';
import { NotebookTree } from '../../notes/notebooks/notebook-tree';
import { NoteResponse } from '../../notes/note.response';
import { RevisionResponse } from '../../notes/revisions/revision.response';
import { RevisionExport } from '../../notes/revisions/revision-export';
import { accountIsGone } from '../../users/account-is-gone';
import { writeOwnMarkdown } from '../own-markdown';
import { bookmarksHtml } from './bookmarks-html';
import { EXPORT_SECTIONS, profileOf, sectionOf } from './export-sections';
import type { ZipWriter } from './zip-writer';

const COUNT = `select count(*)::integer as notes from notes where user_id = $1 and deleted_at is null`;

const SLUG_LENGTH = 60;

/** Called now and then, and may throw to end the export. */
export type OnProgress = (done: number, total: number) => Promise<void>;

/** Notes between two calls of `OnProgress`. */
const PROGRESS_NOTES = 250;

/** Writes everything about an account into a zip. */
@Injectable()
export class AccountExport {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly notes: NoteExport,
    private readonly revisions: RevisionExport,
  ) {}

  /**
   * Writes all files and ends the zip. One snapshot: what changes meanwhile is in none of them.
   * @throws UnauthorizedError when the account is gone, and whatever `onProgress` throws; the zip has failed then.
   */
  async write(userId: string, zip: ZipWriter, onProgress: OnProgress): Promise<void> {
    try {
      await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
        await manager.query('set transaction read only');
        await this.writeAll(manager, userId, zip, onProgress);
      });
      zip.end();
    } catch (error) {
      zip.fail(error);
      throw error;
    }
  }

  private async writeAll(
    manager: EntityManager,
    userId: string,
    zip: ZipWriter,
    onProgress: OnProgress,
  ): Promise<void> {
    const profile = await profileOf(manager, userId);
    if (profile === undefined) throw accountIsGone();
    await zip.add('profile.json', [profile]);
    for (const section of EXPORT_SECTIONS) await zip.add(section.file, sectionOf(manager, userId, section));
    await zip.add('bookmarks.html', bookmarksHtml(this.notes.live(manager, userId)));
    await zip.add('notes.jsonl', this.lines(manager, userId));
    await zip.add('revisions.jsonl', this.revisionLines(manager, userId));
    const [{ notes: total } = { notes: 0 }] = await manager.query<ObjectLiteral[]>(COUNT, [userId]);
    const tree = await NotebookTree.load(manager, userId);
    let done = 0;
    for await (const note of this.notes.live(manager, userId)) {
      if (done % PROGRESS_NOTES === 0) await onProgress(done, Number(total));
      await zip.add(fileOf(note), [writeOwnMarkdown(note, pathOf(tree, note))], note.updated_at);
      done += 1;
    }
    await onProgress(done, done);
  }

  /** Every note with every field, those in the trash too. */
  private async *lines(manager: EntityManager, userId: string): AsyncGenerator<string> {
    for await (const note of this.notes.live(manager, userId)) yield lineOf(note);
    for await (const note of this.notes.trash(manager, userId)) yield lineOf(note);
  }

  /** What notes said before, each with the id of its note. */
  private async *revisionLines(manager: EntityManager, userId: string): AsyncGenerator<string> {
    for await (const row of this.revisions.all(manager, userId)) {
      yield `${JSON.stringify({ noteId: row.note_id, ...RevisionResponse.from(row) })}\n`;
    }
  }
}

function pathOf(tree: NotebookTree, { notebook_id: id }: NoteRow): string[] {
  return tree.pathOf(id).map(({ name }) => name);
}

function lineOf(note: NoteRow): string {
  return `${JSON.stringify(NoteResponse.from(note))}\n`;
}

/** A name that people recognise, in any script, and that no other note has. */
function fileOf(note: NoteRow): string {
  const words = (note.title ?? note.url?.replace(/^https?:\/\/(www\.)?/i, '') ?? '').normalize('NFC').toLowerCase();
  const slug = words.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-/, '');
  const name = Array.from(slug).slice(0, SLUG_LENGTH).join('').replace(/-$/, '');
  return `notes/${name || 'note'}-${note.id.slice(-12)}.md`;
}

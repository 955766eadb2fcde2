import { escapeHtml } from '../../common/html';
import type { NoteRow } from '../../notes/note-row';

const HEAD = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
`;

/** The bookmarks among `notes` in the Netscape bookmark file format, which every browser reads. */
export async function* bookmarksHtml(notes: AsyncIterable<NoteRow>): AsyncGenerator<string> {
  yield HEAD;
  for await (const note of notes) if (note.url !== null) yield bookmark(note, note.url);
  yield '</DL><p>\n';
}

function bookmark(note: NoteRow, url: string): string {
  const attributes = [
    `HREF="${escapeHtml(url)}"`,
    `ADD_DATE="${seconds(note.created_at)}"`,
    `LAST_MODIFIED="${seconds(note.updated_at)}"`,
    ...(note.tags.length === 0 ? [] : [`TAGS="${escapeHtml(note.tags.join(','))}"`]),
    ...(note.pinned ? ['DATA-IMPORTANT="true"'] : []),
  ];
  const description = note.body === null ? '' : `<DD>${escapeHtml(note.body)}\n`;
  return `<DT><A ${attributes.join(' ')}>${escapeHtml(note.title ?? url)}</A>\n${description}`;
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

const MARKDOWN = /\.(md|markdown|txt)$/i;

/** The Markdown files below a folder as a zip, streamed; hidden files and folders stay out, links are not followed. */
export async function zipFolder(folder: string): Promise<Readable> {
  const zip = new ZipFile();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const hidden = name.split('/').some((part) => part.startsWith('.'));
    if (entry.isFile() && MARKDOWN.test(name) && !hidden) zip.addFile(path, name);
  }
  zip.end();
  return zip.outputStream as Readable;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { openPromise } from 'yauzl';

/** The files of a zip as text, by their paths, in its order. */
export async function unzip(content: Buffer): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'commonplace-zip-'));
  const path = join(folder, 'export.zip');
  writeFileSync(path, content);
  const zip = await openPromise(path, { autoClose: false });
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await textOf(await zip.openReadStreamPromise(entry)));
  }
  zip.close();
  rmSync(folder, { recursive: true });
  return files;
}

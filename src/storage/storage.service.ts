import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { hasCode } from '../common/errors';
import { newId } from '../common/uuid';
import { Config } from '../config/config';

export interface StoredFile {
  /** Names the file within the storage: `<area>/<uuid>`. */
  key: string;
  size: number;
}

const KEY = /^[a-z-]+\/[0-9a-f-]{36}$/;

/** Files under `DATA_DIR/files`: streamed, never held in memory; there whole or not at all. */
@Injectable()
export class StorageService {
  private readonly root: string;

  constructor(config: Config) {
    this.root = join(config.dataDir, 'files');
  }

  /**
   * Keeps what `content` gives. It is written under another name and made durable before it appears, so that a crash, a full disk or a caller that goes away
   * leaves no half file. With an `id` it replaces the file of that name.
   */
  async receive(area: string, content: Readable, id: string = newId()): Promise<StoredFile> {
    const key = `${area}/${id}`;
    const path = this.pathOf(key);
    // Of its own: two may write the same file.
    const draft = `${path}.${newId()}.part`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await pipeline(content, createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
      const { size } = await syncFile(draft);
      await rename(draft, path);
      await syncFile(dirname(path));
      return { key, size };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Where the file is on this machine. */
  pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error('This is not the key of a stored file');
    return join(this.root, key);
  }

  /** A file and its size in bytes; undefined when there is none. It can be read to its end even if it is removed meanwhile. */
  async open(key: string): Promise<{ content: Readable; size: number } | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.pathOf(key), 'r');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    const { size } = await file.stat();
    return { content: file.createReadStream(), size };
  }

  /** Removes a file; one that is gone is no error. */
  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  /** Removes what was begun of a file and never finished. Whoever still writes it will fail. */
  async removeDrafts(key: string): Promise<void> {
    const path = this.pathOf(key);
    const names = await readdir(dirname(path)).catch(ignoreMissing);
    const drafts = names.filter((name) => name.startsWith(`${basename(path)}.`));
    for (const name of drafts) await rm(join(dirname(path), name), { force: true });
  }

  /** The keys of an area that were made before `time`; files that were never finished are removed on the way. */
  async listBefore(area: string, time: Date): Promise<string[]> {
    const directory = join(this.root, area);
    const names = await readdir(directory).catch(ignoreMissing);
    const keys: string[] = [];
    for (const name of names) {
      const made = (await stat(join(directory, name)).catch(() => undefined))?.mtime;
      if (made === undefined || made >= time) continue;
      if (name.endsWith('.part')) await rm(join(directory, name), { force: true });
      else keys.push(`${area}/${name}`);
    }
    return keys;
  }
}

async function syncFile(path: string): Promise<{ size: number }> {
  const file = await open(path, 'r');
  try {
    await file.sync();
    return await file.stat();
  } finally {
    await file.close();
  }
}

function ignoreMissing(error: unknown): string[] {
  if (hasCode(error, 'ENOENT')) return [];
  throw error;
}

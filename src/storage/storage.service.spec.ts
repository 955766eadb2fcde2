import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Config } from '../config/config';
import { StorageService } from './storage.service';

describe('StorageService', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'commonplace-storage-'));
  const storage = new StorageService(Object.assign(new Config(), { DATA_DIR: dataDir }));

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('keeps what is streamed to it, readable by its owner only', async () => {
    const { key, size } = await storage.receive('imports', Readable.from([Buffer.from('one '), Buffer.from('two')]));
    expect(size).toBe(7);
    expect(readFileSync(storage.pathOf(key), 'utf8')).toBe('one two');
    expect(statSync(storage.pathOf(key)).mode & 0o077).toBe(0);
  });

  it('leaves nothing of a stream that breaks off', async () => {
    const before = readdirSync(join(dataDir, 'files', 'imports'));
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await Promise.resolve();
        throw new Error('the caller went away');
      })(),
    );
    await expect(storage.receive('imports', broken)).rejects.toThrow('the caller went away');
    expect(readdirSync(join(dataDir, 'files', 'imports'))).toEqual(before);
  });

  it('lists what is older than a time, and forgets what was never finished', async () => {
    const { key } = await storage.receive('exports', Readable.from(['x']));
    await expect(storage.listBefore('exports', new Date(Date.now() + 60_000))).resolves.toEqual([key]);
    await expect(storage.listBefore('exports', new Date(0))).resolves.toEqual([]);
    await expect(storage.listBefore('nothing-here', new Date())).resolves.toEqual([]);
  });

  it('removes a file, twice without complaint', async () => {
    const { key } = await storage.receive('imports', Readable.from(['x']));
    await storage.remove(key);
    await storage.remove(key);
    expect(() => statSync(storage.pathOf(key))).toThrow('ENOENT');
  });

  it.each(['../secret', 'imports/../../secret', '/etc/passwd', 'imports/x'])('refuses the key %s', (key) => {
    expect(() => storage.pathOf(key)).toThrow('not the key');
  });
});

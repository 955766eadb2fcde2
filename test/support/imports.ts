import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportResult } from '../../src/transfer/import-result';
import type { Answer, Client } from './client';

export interface ImportJob {
  id: string;
  status: string;
  progress: { fraction: number | null; done: number; total: number | null };
  result: ImportResult;
  error: { code: string; detail: string } | null;
}

/** Uploads a file to `POST /imports`. */
export function upload(
  client: Client,
  token: string,
  content: string | Buffer,
  name: string,
  format?: string,
): Promise<Answer> {
  const form = new FormData();
  if (format !== undefined) form.set('format', format);
  form.set('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
  return client.post('/api/v1/imports', { token, form });
}

/** The import that an upload was answered with, once it has ended. */
export async function finishedJob(
  client: Client,
  token: string,
  answer: Answer,
  timeoutMs = 60_000,
): Promise<ImportJob> {
  if (answer.status !== 202) throw new Error(`The upload was refused: ${answer.text}`);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { body } = await client.get<ImportJob>(`/api/v1/jobs/${String(answer.body.id)}`, { token });
    if (['completed', 'failed', 'cancelled'].includes(body.status)) return body;
    if (Date.now() > deadline) throw new Error(`The import has not ended: ${JSON.stringify(body)}`);
    await sleep(50);
  }
}

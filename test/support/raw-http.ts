import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './client';
import type { ProblemBody } from './notes';

/** Sends bytes that no HTTP client would, with a pause (ms) between the parts, and reads until the server closes the connection. */
export async function sendRaw(url: string, parts: string[], pauseMs = 0): Promise<Answer<ProblemBody>> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A server that refuses what is still being sent resets the connection.
  socket.on('error', () => undefined);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const part of parts) {
    if (!socket.writable) break;
    socket.write(part);
    await sleep(pauseMs);
  }
  await closed;
  return parseAnswer(Buffer.concat(chunks).toString());
}

function parseAnswer(answer: string): Answer<ProblemBody> {
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const isJson = headers.get('content-type')?.includes('json') === true;
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as ProblemBody,
  };
}

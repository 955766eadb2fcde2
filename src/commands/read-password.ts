import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';

/** A terminal, or what stands for one. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

/** All of standard input, without the line break at its end. */
export async function readPasswordFrom(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Asks for a new password twice, showing nothing of it. @throws Error when there is no terminal, when the two differ, and when the user gives up. */
export async function askForPassword(terminal: Terminal): Promise<string> {
  if (terminal.input.isTTY !== true) {
    throw new Error('There is no terminal to ask for a password: use --password-stdin or --invite');
  }
  const password = await ask(terminal, 'Password: ');
  if ((await ask(terminal, 'Once more: ')) !== password) throw new Error('The two passwords are not the same');
  return password;
}

function ask({ input, output }: Terminal, question: string): Promise<string> {
  // As a terminal, readline switches the echo off and writes what is typed itself: into nothing.
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nothing, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      output.write('\n');
      reject(new Error('No password was given'));
    });
  });
}

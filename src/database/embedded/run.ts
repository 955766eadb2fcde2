import { spawn } from 'node:child_process';
import type { Account } from './account';
import { hasCode, messageOf } from '../../common/errors';

export interface RunResult {
  ok: boolean;
  /** `null` if it could not be started or was killed. */
  code: number | null;
  /** What it printed, or why it could not be started. */
  output: string;
}

/**
 * What PostgreSQL's programs may see of our environment: neither our secrets, nor `PG*` and `LC_*`, which would
 * change what they do. `LC_ALL=C` keeps messages in English, `TZ` spares initdb a search for the machine's zone.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', LD_LIBRARY_PATH, SystemRoot, COMSPEC, TEMP, TMP } = process.env;
  // A root shell's PATH may lack the directories of useradd and adduser.
  const path = process.platform === 'win32' ? PATH : `${PATH}:/usr/sbin:/sbin`;
  return { PATH: path, LD_LIBRARY_PATH, SystemRoot, COMSPEC, TEMP, TMP, LC_ALL: 'C', TZ: 'UTC' };
}

/** Runs a program to its end. Never rejects: a program that cannot be started is a result that is not ok. */
export function run(command: string, args: string[], account?: Account, inherited?: number): Promise<RunResult> {
  return new Promise<RunResult>((resolve, reject) => {
    const child = spawn(command, args, {
      ...account,
      // Our own working directory may be closed to the account.
      cwd: '/',
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', inherited ?? 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, code, output: Buffer.concat(chunks).toString().trim() }));
    // Some errors are thrown by `spawn`, others are events.
  }).catch((error: unknown) => ({ ok: false, code: null, output: messageOf(error) }));
}

/** Whether a process (or thread) has this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

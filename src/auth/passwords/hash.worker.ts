import { hashSync, type Options, verifySync } from '@node-rs/argon2';

/* What the threads of `passwords.ts` run. */

export function hash({ password, parameters }: { password: string; parameters: Options }): string {
  return hashSync(password, parameters);
}

export function verify({ passwordHash, password }: { passwordHash: string; password: string }): boolean {
  return verifySync(passwordHash, password);
}

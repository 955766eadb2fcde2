import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface OidcIssuer {
  url: string;
  close(): Promise<void>;
}

/** Starts `oidc-provider`, apart from the tests: it and what it is made of are ES modules. */
export async function startOidcIssuer(redirectUri: string): Promise<OidcIssuer> {
  const script = join(__dirname, 'oidc-issuer.mjs');
  const child = spawn(process.execPath, [script, redirectUri], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const [url] = (await Promise.race([once(lines, 'line'), exited])) as unknown[];
  if (typeof url !== 'string') throw new Error('The OpenID provider did not start');
  return {
    url,
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

import { readFileSync } from 'node:fs';

/**
 * The commonest passwords, in lower case, each between two line feeds. One string and not a set: 0.4 MB instead of 4, and a look takes less than
 * a hundredth of the hash that follows. Read when the first password is chosen.
 */
let list: string | undefined;

/** Whether a word, in lower case, is one of the 49,000 commonest passwords (those that zxcvbn knows). */
export function isListed(word: string): boolean {
  list ??= readList();
  return !word.includes('\n') && list.includes(`\n${word}\n`);
}

/** The list as the package has it in plain JSON: to unpack its other form takes ten times as long. */
function readList(): string {
  const path = require.resolve('@zxcvbn-ts/language-common/src/passwords.json');
  const words: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(words) || words.length < 10_000)
    throw new Error('The list of common passwords is not what it was');
  return `\n${words.join('\n')}\n`;
}

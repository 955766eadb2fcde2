import { newSecretToken } from '../common/secret-token';

/** Where the page of a share is, before its token. */
export const SHARE_PAGE = '/s';

const BYTES = 16;

const TOKEN = /^[\w-]{22}$/;

/** 128 random bits: nobody guesses one, and a link stays short enough to be read out. */
export function newShareToken(): string {
  return newSecretToken('', BYTES);
}

/** Whether a text can be a token; nothing else is looked up. */
export function isShareToken(text: string): boolean {
  return TOKEN.test(text);
}

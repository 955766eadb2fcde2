import type { FastifyRequest } from 'fastify';
import { Config } from '../../config/config';
import { codeCookie, isCodeOfThisBrowser } from './shown-code';

const withPublicUrl = (url: string): Config => Object.assign(new Config(), { PUBLIC_URL: url });
const requestWith = (cookie?: string): FastifyRequest => ({ headers: { cookie } }) as FastifyRequest;
const pairOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

describe('a code that the page shows', () => {
  it('is seen in the browser that it was given to, for a minute, on that page', () => {
    const cookie = codeCookie(withPublicUrl('https://a.example/notes'), 'cmo_1');
    expect(cookie).toMatch(
      /^commonplace_code=[\w-]{43}; Max-Age=60; Path=\/notes\/account\/signed-in; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(isCodeOfThisBrowser(requestWith(`other=1; ${pairOf(cookie)}`), 'cmo_1')).toBe(true);
  });

  it('is seen in no other, nor is another code', () => {
    const cookie = pairOf(codeCookie(withPublicUrl('http://localhost:3000'), 'cmo_1'));
    expect(isCodeOfThisBrowser(requestWith(cookie), 'cmo_2')).toBe(false);
    for (const other of [
      undefined,
      '',
      'commonplace_code=',
      'commonplace_code=cmo_1',
      `${cookie}A`,
      cookie.slice(0, -3),
    ]) {
      expect([other, isCodeOfThisBrowser(requestWith(other), 'cmo_1')]).toEqual([other, false]);
    }
  });
});

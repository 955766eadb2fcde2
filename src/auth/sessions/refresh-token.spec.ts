import { createSecretKey, randomUUID } from 'node:crypto';
import { newRefreshToken, sessionOf, successorOf } from './refresh-token';

const key = createSecretKey(Buffer.from('one key of this server, long enough'));
const otherKey = createSecretKey(Buffer.from('another key of this server, as long'));

describe('a refresh token', () => {
  const session = randomUUID();
  const token = newRefreshToken(session, key);

  it('is unlike every other, and its successor is always the same', () => {
    expect(newRefreshToken(session, key)).not.toBe(token);
    const next = successorOf(token, session, key);
    expect(successorOf(token, session, key)).toBe(next);
    expect(new Set([token, next, successorOf(next, session, key), successorOf(token, session, otherKey)]).size).toBe(4);
  });

  it('names its session, as its successors do', () => {
    expect(sessionOf(token, [key])).toBe(session);
    expect(sessionOf(successorOf(token, session, key), [key])).toBe(session);
  });

  it('names none when a bit is changed, cut off or added, or with another key', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(sessionOf(`cmr_${changed.toString('base64url')}`, [key])).toBeUndefined();
    }
    for (const wrong of [
      '',
      'cmr_',
      token.slice(0, -2),
      `${token}AA`,
      token.replace('cmr_', 'cmp_'),
      'cmr_é'.repeat(20),
    ]) {
      expect(sessionOf(wrong, [key])).toBeUndefined();
    }
    expect(sessionOf(token, [otherKey])).toBeUndefined();
    expect(sessionOf(token, [])).toBeUndefined();
  });

  it('is known by a former key, too', () => {
    expect(sessionOf(token, [otherKey, key])).toBe(session);
  });
});

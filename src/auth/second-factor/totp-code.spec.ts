import { enrolment, newTotpSecret, stepOfCode } from './totp-code';

/** RFC 6238, appendix B: the secret of the test vectors for SHA-1; their codes have eight digits, of which ours are the last six. */
const SECRET = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('are those of RFC 6238 at %i s', (seconds, code) => {
    expect(stepOfCode(code.slice(2), SECRET, 0, seconds * 1_000)).toBe(Math.floor(seconds / 30));
  });

  it('are taken one step early and one step late, and no further', () => {
    const at = (seconds: number) => stepOfCode('287082', SECRET, 0, seconds * 1_000);
    // The code of step 1: 30 s to 59 s.
    expect([0, 29, 30, 59, 60, 89].map(at)).toEqual([1, 1, 1, 1, 1, 1]);
    expect([90, 120, 10_000].map(at)).toEqual([null, null, null]);
    expect(stepOfCode('005924', SECRET, 0, (1234567890 - 61) * 1_000)).toBeNull();
  });

  it('work once: nothing of the last step or before is taken', () => {
    expect(stepOfCode('287082', SECRET, 0, 59_000)).toBe(1);
    expect(stepOfCode('287082', SECRET, 1, 59_000)).toBeNull();
    expect(stepOfCode('287082', SECRET, 2, 59_000)).toBeNull();
  });

  it.each(['', '287081', '28708', '2870822', '94287082', 'abcdef', '２８７０８２', '-87082'])('%p is none', (code) => {
    expect(stepOfCode(code, SECRET, 0, 59_000)).toBeNull();
  });

  it('come from 160 random bits, which an app gets in base32 and in an otpauth address', () => {
    const secrets = Array.from({ length: 10 }, newTotpSecret);
    for (const secret of secrets) expect(secret).toHaveLength(20);
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(10);
    expect(enrolment(SECRET, 'notes.example.org', 'ada+x@example.org')).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      uri: 'otpauth://totp/notes.example.org:ada%2Bx%40example.org?issuer=notes.example.org&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
    });
  });
});

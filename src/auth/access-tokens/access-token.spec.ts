import { hintOf, isAccessToken, newAccessToken } from './access-token';

describe('a personal access token', () => {
  it('is cmp_, 30 random letters and digits, and a checksum of six', () => {
    const tokens = Array.from({ length: 500 }, newAccessToken);
    for (const token of tokens) expect([token, isAccessToken(token)]).toEqual([token, true]);
    for (const token of tokens) expect(token).toMatch(/^cmp_[0-9A-Za-z]{36}$/);
    expect(new Set(tokens).size).toBe(500);
  });

  it('uses every letter and digit equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 4_000; i += 1)
      for (const character of newAccessToken().slice(4, 34)) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 120,000 draws: 1,935 of each are expected, with a deviation of 44; bytes modulo 62 would give 8 of them a quarter more.
    for (const [character, count] of counts)
      expect([character, Math.abs(count - 1_935) < 6 * 44]).toEqual([character, true]);
  });

  // Counted with Python: zlib.crc32(secret), in base62.
  it.each([
    ['000000000000000000000000000000', '2C8GjS'],
    ['abcdefghijklmnopqrstuvwxyzABCD', '4dNndU'],
    ['Commonplace0Commonplace0Common', '2BKwdO'],
    ['padded000000000000000000000123', '00HqxR'],
  ])('of %s has the checksum that others compute, too', (secret, checksum) => {
    expect(isAccessToken(`cmp_${secret}${checksum}`)).toBe(true);
  });

  it('is told from one with a wrong character, two that changed places, another length or prefix', () => {
    const token = newAccessToken();
    for (let place = 4; place < token.length; place += 1) {
      const wrong = token.slice(0, place) + (token[place] === 'x' ? 'y' : 'x') + token.slice(place + 1);
      expect([wrong, isAccessToken(wrong)]).toEqual([wrong, false]);
    }
    expect(isAccessToken('cmp_bacdefghijklmnopqrstuvwxyzABCD4dNndU')).toBe(false);
    for (const other of [
      token.slice(0, -1),
      `${token}0`,
      ` ${token}`,
      `${token}\n`,
      token.replace('cmp_', 'cmr_'),
      'cmp_',
      '',
    ])
      expect([other, isAccessToken(other)]).toEqual([other, false]);
  });

  it('is hinted at by its last four characters', () => {
    expect(hintOf('cmp_000000000000000000000000000000abcdef')).toBe('cdef');
  });
});

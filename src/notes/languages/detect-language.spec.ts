import { detectLanguage } from './detect-language';

describe('detectLanguage', () => {
  it.each([
    ['en', 'Remember to buy milk and call the plumber'],
    ['de', 'Milch kaufen und den Klempner anrufen'],
    ['fr', 'Acheter du lait et appeler le plombier'],
    ['es', 'Comprar leche y llamar al fontanero'],
    ['pt', 'Reunião: decidimos adiar o lançamento até a próxima semana.'],
    ['da', 'Møde: vi besluttede at udskyde udgivelsen til næste uge.'],
    ['no', 'Møte: vi bestemte oss for å utsette lanseringen til neste uke.'],
    ['el', 'Σήμερα διάβασα ένα βιβλίο για την ιστορία των κήπων.'],
    ['ar', 'قرأت اليوم كتابا عن تاريخ الحدائق والملوك القدماء'],
    ['zh', '我昨天在北京大学的图书馆里读了一本关于数据库的书，非常有意思。'],
  ])('knows %s', async (language, text) => expect(await detectLanguage(null, text)).toBe(language));

  it('reads prose only, of the title and the beginning of the body', async () => {
    const code =
      '```js\nconst answer = await fetch(url); // das hier ist ein Kommentar\n```\n\n    und hier auch noch einer\n';
    expect(await detectLanguage(null, code)).toBeNull();
    expect(await detectLanguage('A note on how to fetch', `${code}\nThe answer is read by whoever asked.`)).toBe('en');
    expect(await detectLanguage('A note on how to fetch an answer', 'Und dann auf Deutsch. '.repeat(5))).toBe('de');
    expect(await detectLanguage(null, `${'1 '.repeat(2_000)} This is too far away to be read.`)).toBeNull();
  });

  it.each([null, '', 'TODO', 'README.md', 'https://example.org/the/quick/brown/fox/jumps', 'a b c d e f g'])(
    'says nothing of %j',
    async (text) => expect(await detectLanguage(text, null)).toBeNull(),
  );

  it.each([`a${'-'.repeat(4_000)}a`, `${"a'-".repeat(1_300)}!`, '```\n'.repeat(1_000), '日'.repeat(4_000)])(
    'takes no time for %.5s…',
    async (text) => {
      const started = performance.now();
      for (let times = 0; times < 20; times += 1) await detectLanguage(null, text);
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});

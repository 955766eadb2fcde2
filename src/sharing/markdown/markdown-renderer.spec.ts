import { MarkdownRenderer } from './markdown-renderer';

describe('MarkdownRenderer', () => {
  let renderer: MarkdownRenderer;

  beforeEach(() => {
    renderer = new MarkdownRenderer();
  });

  afterEach(() => renderer.onApplicationShutdown());

  it('gives each text its own HTML, in the order of asking', async () => {
    const texts = Array.from({ length: 10 }, (_, at) => renderer.render(`# ${at}`));
    expect((await Promise.all(texts)).map(({ source }) => source.trim())).toEqual(
      Array.from({ length: 10 }, (_, at) => `<h2>${at}</h2>`),
    );
  });

  it('refuses texts when too many wait, and goes on with the others', async () => {
    const texts = await Promise.allSettled(Array.from({ length: 103 }, (_, at) => renderer.render(`${at}`)));
    expect(texts.filter(({ status }) => status === 'fulfilled')).toHaveLength(101);
    expect(texts.at(-1)).toMatchObject({ reason: { status: 503, code: 'unavailable' } });
    expect((await renderer.render('*x*')).source).toContain('<em>x</em>');
  });

  it('renders once what many ask for at once', async () => {
    const texts = await Promise.all(Array.from({ length: 500 }, () => renderer.render('# Popular')));
    expect(new Set(texts)).toHaveProperty('size', 1);
    expect(await renderer.render('# Popular')).not.toBe(texts[0]);
  });

  it('refuses a text that has waited for too long', async () => {
    const texts = ['first', 'second', 'third'].map((text) => renderer.render(text));
    const later = Date.now() + 6_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    const settled = await Promise.allSettled(texts);
    jest.restoreAllMocks();
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await renderer.render('fourth')).source).toContain('fourth');
  });

  it('shows a text with far more HTML than itself as it was typed', async () => {
    const text = `[a]: https://example.org/${'x'.repeat(100_000)}\n\n${'[a] '.repeat(1_000)}`;
    expect((await renderer.render(text)).source).toBe(`<pre>\n${text}</pre>`);
  });
});

import { html } from './html';

describe('html', () => {
  it('escapes what is put into it, in text and in attributes', () => {
    expect(html`<a title="${`"><script>'&`}">${'<b>'}</a>`.source).toBe(
      '<a title="&quot;&gt;&lt;script&gt;&#39;&amp;">&lt;b&gt;</a>',
    );
  });

  it('takes pieces and lists of pieces as they are, and nothing for nothing', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${null}${undefined}${7}`.source).toBe('<ul><li>a</li><li>&lt;</li></ul>7');
  });
});

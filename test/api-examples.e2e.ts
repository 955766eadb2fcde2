import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestApp, type TestApp } from './support/app';
import { operations } from './support/openapi';

const TEXT = readFileSync(join(__dirname, '..', 'docs', 'api.md'), 'utf8');
const LEFT_OUT = '…';

interface Message {
  first: string;
  headers: [name: string, value: string][];
  body: string;
}

/** What the answers so far have given. */
const known = new Map<string, string>();

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server.close());

/** A request and its answer, as they are written: an empty line ends the headers, and `HTTP/1.1` begins the answer. */
function partsOf(example: string): { request: Message; answer: Message } {
  const [request = '', answer = ''] = example.split(/^HTTP\/1\.1 /m);
  return { request: messageOf(request), answer: messageOf(answer) };
}

function messageOf(text: string): Message {
  const [head = '', ...body] = text.trim().split(/\n\n/);
  const [first = '', ...lines] = head.split('\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(': ');
    return [name, value.join(': ')];
  });
  return { first, headers, body: body.join('\n\n') };
}

const filled = (text: string): string =>
  text.replaceAll(/\{(\w+)\}/g, (name, key: string) => {
    const value = known.get(key);
    if (value === undefined) throw new Error(`No answer gave ${name}`);
    return value;
  });

/** Whether `actual` is what the example shows; keeps what it shows a name for. */
function matches(shown: unknown, actual: unknown): unknown {
  if (shown === LEFT_OUT) return actual;
  if (typeof shown === 'string') return textFrom(shown, String(actual));
  if (Array.isArray(shown)) {
    const items: unknown[] = Array.isArray(actual) ? actual : [];
    return items.length === shown.length ? shown.map((item, at) => matches(item, items[at])) : shown;
  }
  if (typeof shown !== 'object' || shown === null) return shown;
  const members = Object.entries(shown).map(([name, value]) => [
    name,
    matches(value, (actual as Record<string, unknown> | null | undefined)?.[name]),
  ]);
  return Object.fromEntries(members);
}

/** The text that is expected: a name that is not known yet takes what the answer has in its place. */
function textFrom(shown: string, actual: string): string {
  const unknown = /\{(\w+)\}/.exec(shown)?.[1];
  if (unknown === undefined) return shown;
  if (!known.has(unknown)) {
    const [before = '', after = ''] = shown.split(`{${unknown}}`);
    known.set(unknown, actual.slice(before.length, actual.length - after.length));
  }
  return filled(shown);
}

const EXAMPLES = [...TEXT.matchAll(/^```http\n(.*?)^```$/gms)].map(([, text = '']) => text);

describe('docs/api.md', () => {
  it.each(EXAMPLES.map((example) => [example.split('\n', 1)[0], example]))('%s', async (_, example) => {
    const { request, answer } = partsOf(example);
    const [method = '', path = ''] = filled(request.first).split(' ');
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), filled(value)]));
    const body = request.body === '' ? undefined : filled(request.body);
    const given = await server.client.request(method, path, { token: known.get('accessToken'), headers, body });
    expect([given.status, given.text]).toEqual([Number(answer.first.split(' ')[0]), given.text]);
    for (const [name, value] of answer.headers) {
      const actual = given.headers.get(name) ?? '';
      expect([name, actual.split(';')[0]]).toEqual([name, textFrom(value, actual)]);
    }
    if (answer.body !== '') expect(given.body).toMatchObject(matches(JSON.parse(answer.body), given.body) as object);
    else expect(given.text).toBe('');
  });

  it('lists every operation of the OpenAPI document, and beside them only pages', () => {
    const rows = TEXT.matchAll(/^\| `(?:GET|POST|PUT|PATCH|DELETE) \/[^`?]+/gm);
    const listed = [...rows].map(([row]) => row.slice('| `'.length)).filter((row) => !/ \/(account|s)\//.test(row));
    const documented = [...operations.keys()].map((operation) => operation.replace('/api/v1', ''));
    expect([...new Set(listed)].toSorted()).toEqual(documented.toSorted());
  });
});

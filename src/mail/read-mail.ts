export interface ReadableMail {
  subject: string;
  to: string;
  date: string;
  text: string;
}

interface Entity {
  headers: Map<string, string>;
  body: string;
}

/**
 * What a person wants to see of a message that we composed: the headers decoded, and the plain text.
 * Knows what our composer writes (RFC 2045 to 2047 in UTF-8), not all that a mail may be. `source` holds one character a byte.
 */
export function readMail(source: string): ReadableMail {
  const message = parse(source);
  const text = plainText(message);
  const header = (name: string): string => decodeWords(message.headers.get(name) ?? '');
  return { subject: header('subject'), to: header('to'), date: header('date'), text };
}

function parse(source: string): Entity {
  const end = source.indexOf('\r\n\r\n');
  const head = end < 0 ? source : source.slice(0, end);
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: end < 0 ? '' : source.slice(end + 4) };
}

function plainText({ headers, body }: Entity): string {
  const boundary = /^multipart\/.*boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) return decodeBody(body, headers.get('content-transfer-encoding') ?? '7bit');
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => parse(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const plain = parts.find((part) => part.headers.get('content-type')?.startsWith('text/plain'));
  return plain === undefined ? '' : plainText(plain);
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  const bytes = encoding === 'quoted-printable' ? unquote(body.replaceAll(/=\r\n/g, '')) : body;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** RFC 2047: `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=`; the space between two of them is none. */
function decodeWords(value: string): string {
  const joined = value.replaceAll(/\?=\s+=\?/g, '?==?');
  return joined.replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString('utf8');
    return Buffer.from(unquote(word.replaceAll('_', ' ')), 'latin1').toString('utf8');
  });
}

function unquote(value: string): string {
  return value.replaceAll(/=([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

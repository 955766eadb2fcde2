import { createHash } from 'node:crypto';
import normalizeUrl from 'normalize-url';
import { textProblem } from '../common/text';

export const MAX_URL_LENGTH = 2048;

export type BookmarkUrl = { url: string; key: Buffer } | { problem: string };

// What campaigns, click counters and share buttons add to an address: it says who followed the link, never which page
// it is. Only names that no site uses for anything else (the lists of Brave, Firefox and AdGuard agree on them).
const TRACKING_PARAMETERS = [
  /^(?:utm|mtm|hsa)_\w+$/i,
  /^pk_(?:campaign|kwd|keyword|source|medium|content|cid)$/i,
  /^(?:fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|rb_clickid|srsltid)$/i,
  /^(?:igshid|igsh|li_fat_id|mc_cid|mc_eid|mkt_tok|_openstat|wickedid|oly_anon_id|oly_enc_id|vero_conv|vero_id)$/i,
  /^(?:_hsenc|_hsmi|__hssc|__hstc|__hsfp|hsctatracking|ml_subscriber|ml_subscriber_hash|_ga|_gl|_kx|_ke|__s|s_cid)$/i,
];

// Stands for "no route" in the normalised address: while there is a fragment, normalize-url does not take the last
// slash off a query such as `?next=/a/`.
const NO_ROUTE = '#page';

/**
 * Reads an address that someone wants to keep.
 *
 * @param input an absolute http or https URL, at most 2,048 code points once trimmed
 * @returns `url`, the address as typed (trimmed, nothing else changed), and `key`, the 32 bytes of SHA-256 of the
 * normalised address: two addresses with one key are taken for the same page. Or `problem`, the end of a sentence
 * ("must be …"). Never throws.
 *
 * Addresses are the same page when these rules (RFC 3986 section 6, and what the web does) make them equal:
 * - the scheme and `www.` count, so `http:` and `https:` are two pages: nothing says that they show the same;
 * - the host is compared in lower case and punycode, without the dot of the root;
 * - the default port, user name and password do not count;
 * - `.` and `..` are resolved, repeated slashes are one, and percent-encoding is compared decoded where that changes nothing;
 * - a slash at the end of the path does not count; `index.html` does;
 * - tracking parameters (`utm_…`, `fbclid`, …) do not count, nor does the order of parameters with different names;
 * - a query that is not percent-encoded UTF-8 (old sites in Shift JIS, GBK …) is compared as it stands: decoding it
 *   would make every unreadable character equal;
 * - `#anchor` and text fragments (`#:~:text=…`) are places in one page and do not count; a fragment that begins with
 *   `!` or has a slash in it (`#/inbox`, `#inbox/42`) is the route of a page and does.
 */
export function parseBookmarkUrl(input: string): BookmarkUrl {
  const url = input.trim();
  const problem = textProblem(url, { multiline: false, maxCodePoints: MAX_URL_LENGTH });
  if (problem !== null) return { problem };
  // The URL standard also reads `http:host` and `http:/host` as absolute: nobody means that.
  const parsed = /^https?:\/\//i.test(url) ? parseUrl(url) : null;
  if (parsed === null) return { problem: 'must be a complete web address such as https://example.org/page' };
  return { url, key: createHash('sha256').update(normalise(parsed)).digest() };
}

/**
 * The site that an address belongs to: its host in lower case and punycode, without `www.`, port or the dot of the
 * root; null if `url` is not an absolute URL with a host.
 */
export function siteOf(url: string): string | null {
  const host = parseUrl(url)?.hostname.replace(/\.$/, '');
  return host ? host.replace(/^www\.(?=[^.]+\.)/, '') : null;
}

function normalise(parsed: URL): string {
  const canDecode = isDecodable(parsed.search);
  const address = new URL(parsed);
  // normalize-url decodes the path; that would make `%252F` the same as `%2F`, and drop a tab or a line break.
  address.pathname = parsed.pathname.replace(/%(?=25|0[9ad])/gi, '%25').replace(/\/+$/, '');
  address.hash = routeOf(parsed.hash) || NO_ROUTE;
  try {
    return normalizeUrl(address.href, {
      stripWWW: false,
      removeTrailingSlash: false,
      removeSingleSlash: false,
      removeQueryParameters: canDecode ? TRACKING_PARAMETERS : false,
      sortQueryParameters: canDecode,
    });
  } catch {
    // An address that the library cannot rewrite is still an address: it is then the same page only as itself.
    return address.href;
  }
}

function routeOf(hash: string): string {
  const fragment = hash.replace(/:~:.*$/, '');
  return fragment.startsWith('#!') || fragment.includes('/') ? fragment : '';
}

// Not UTF-8, or with a tab or a line break, which the URL standard drops once they are decoded.
function isDecodable(search: string): boolean {
  try {
    return !/[\t\n\r]/.test(decodeURIComponent(search));
  } catch {
    return false;
  }
}

// Neither `URL.parse()`, which came after the oldest Node supported, nor `URL.canParse()`: once it is optimised, Node 20
// answers false for hosts such as `müller.example`.
function parseUrl(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

import { parseSetCookie } from 'cookie';

interface KeptCookie {
  host: string;
  path: string;
  value: string;
}

/** What a browser does with redirections and cookies, one step at a time: each cookie goes only where it belongs. */
export class CookieClient {
  readonly cookies = new Map<string, KeptCookie>();

  /** Asks once, and keeps the cookies of the answer. */
  async get(url: string): Promise<Response> {
    const response = await fetch(url, { redirect: 'manual', headers: { cookie: this.header(url) } });
    for (const line of response.headers.getSetCookie()) this.keep(line, new URL(url).hostname);
    return response;
  }

  /** Where the answer sends the browser. @throws Error when it sends it nowhere */
  async next(url: string): Promise<string> {
    const response = await this.get(url);
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
    return new URL(location, url).href;
  }

  /** The `Cookie` header for an address. */
  header(url: string): string {
    const { hostname, pathname } = new URL(url);
    return [...this.cookies]
      .filter(([, { host, path }]) => host === hostname && (pathname === path || pathname.startsWith(path)))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  private keep(line: string, host: string): void {
    const { name, value = '', path = '/', maxAge } = parseSetCookie(line);
    if (maxAge === 0) this.cookies.delete(name);
    else this.cookies.set(name, { host, path, value });
  }
}

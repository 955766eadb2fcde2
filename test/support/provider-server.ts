import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OAuth2Issuer, OAuth2Service } from 'oauth2-mock-server';

/** Who signs in at the provider, as it says it. */
export interface Person {
  subject: string | number;
  email?: string | null;
  /** Anything, since providers say what they like. */
  emailVerified?: unknown;
  name?: string | null;
}

export interface SeenRequest {
  method: string;
  url: string;
  authorization: string | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** As GitHub has them. */
const GITHUB_ENDPOINTS = {
  authorize: '/login/oauth/authorize',
  token: '/login/oauth/access_token',
  userinfo: '/api/v3/user',
};

/** A real OAuth server that signs `person` in without asking, as an OpenID provider, or with the endpoints and the answers of GitHub. */
export class ProviderServer {
  person: Person = { subject: '1' };
  readonly requests: SeenRequest[] = [];
  /** Answers instead of the server, by path. */
  readonly instead = new Map<string, Handler>();
  /** Changes the claims of the ID token before it is signed. */
  forge: (claims: Record<string, unknown>) => void = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly service: OAuth2Service,
    readonly url: string,
  ) {}

  static async start(kind: 'openid' | 'github'): Promise<ProviderServer> {
    const issuer = new OAuth2Issuer();
    await issuer.keys.generate('RS256');
    const service = new OAuth2Service(issuer, kind === 'github' ? GITHUB_ENDPOINTS : undefined);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    issuer.url = url;
    const provider = new ProviderServer(server, service, url);
    server.on('request', (request, response) => provider.answer(request, response));
    service.on('beforeUserinfo', (answer: { body: object }) => (answer.body = provider.account(kind)));
    service.on('beforeTokenSigning', ({ payload }: { payload: Record<string, unknown> }) => {
      payload.sub = String(provider.person.subject);
      provider.forge(payload);
    });
    return provider;
  }

  /** As it was at the start. */
  reset(person: Person): void {
    this.person = person;
    this.instead.clear();
    this.requests.length = 0;
    this.forge = () => undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    this.requests.push({ method, url, authorization: request.headers.authorization });
    const path = url.split('?')[0] ?? '';
    const instead = this.instead.get(path);
    if (instead !== undefined) instead(request, response);
    else if (path === '/api/v3/user/emails') sendJson(response, this.emails());
    else void this.service.requestHandler(request, response);
  }

  private account(kind: 'openid' | 'github'): object {
    const { subject, email, emailVerified, name } = this.person;
    if (kind === 'github') return { id: subject, login: 'ada', name, email: 'public@example.org' };
    return { sub: String(subject), email, email_verified: emailVerified, name };
  }

  private emails(): object[] {
    const { email, emailVerified } = this.person;
    const primary = email === undefined || email === null ? [] : [{ email, primary: true, verified: emailVerified }];
    return [{ email: 'other@example.org', primary: false, verified: true }, ...primary];
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

import { rolesOf } from '../src/common/access';
import { startTestApp, type TestApp } from './support/app';
import { document, operations } from './support/openapi';
import { type Route, routeTable } from './support/routes';

describe('the OpenAPI document', () => {
  let server: TestApp;
  let routes: Map<string, Route>;

  beforeAll(async () => {
    server = await startTestApp();
    routes = new Map(routeTable(server.app).routes.map((route) => [route.name, route]));
  });

  afterAll(() => server.close());

  it('asks for a token on every route that is not public, and says what it must be allowed', () => {
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
    for (const [name, { security }] of operations) {
      const rule = routes.get(name)?.rule;
      if (rule === undefined) throw new Error(`${name} says nothing of who may call it`);
      expect([name, security]).toEqual([name, rule === 'public' ? [] : [{ bearer: rolesOf(rule) }]]);
    }
    expect(operations.get('POST /api/v1/notes')?.security).toEqual([{ bearer: ['notes:write'] }]);
    expect(operations.get('POST /api/v1/access-tokens')?.security).toEqual([{ bearer: ['session', 'fresh'] }]);
  });

  it('says in words who may call each of them, and how others are refused', () => {
    for (const [name, { description, responses }] of operations) {
      const rule = routes.get(name)?.rule;
      if (rule === undefined || rule === 'public') continue;
      expect([name, description]).toEqual([name, expect.stringMatching(/Needs (a|the) session/)]);
      const codes = {
        any: [],
        scope: ['insufficient-scope'],
        session: ['session-required', ...('fresh' in rule && rule.fresh ? ['fresh-sign-in-required'] : [])],
        admin: ['email-not-verified', ...('fresh' in rule && rule.fresh ? ['fresh-sign-in-required'] : [])],
      }[rule.kind];
      for (const code of codes)
        expect([name, responses[403]?.description]).toEqual([name, expect.stringContaining(code)]);
      if (rule.kind === 'admin')
        expect([name, Object.keys(responses)]).toEqual([name, expect.arrayContaining(['404'])]);
    }
  });
});

import type { FastifyInstance } from 'fastify';

/** Remembers the routes, so that a known path that is asked with a method it lacks can be told from an unknown path, which the router does not. */
export class AllowedMethods {
  private readonly routes: { path: RegExp; methods: string[] }[] = [];

  /** Call it before any route is added. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      const methods = [method].flat().filter((name) => name !== 'OPTIONS');
      this.routes.push({ path: patternOf(url), methods });
    });
  }

  /** Sorted, without repeats; empty for an unknown path. */
  of(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** A route's path as a pattern: `:name` is one segment, `*` is the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace('*', '.*');
  return new RegExp(`^${source}$`);
}

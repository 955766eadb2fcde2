import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import type { Config } from './config/config';

/**
 * The security headers of every answer, as helmet makes them for this configuration. They are the same for every request, so helmet is asked once, at the start.
 * A page that needs another policy sets its own `Content-Security-Policy`.
 */
export function securityHeaders(config: Config): Record<string, string> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  helmet({ contentSecurityPolicy: { directives: contentSecurityPolicy(config) } })(
    {} as IncomingMessage,
    recorder as unknown as ServerResponse,
    (error) => {
      if (error !== undefined) throw error;
    },
  );
  return headers;
}

/** Swagger UI needs inline styles and data: images; scripts come from this server only. */
function contentSecurityPolicy(config: Config): Record<string, string[] | null> {
  return {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: config.publicUrl.startsWith('https:') ? [] : null,
  };
}

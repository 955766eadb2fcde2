/** A loopback address of RFC 8252, 7.3, by IP: a name may be resolved to somewhere else. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(\/.*)?$/;

/**
 * Whether a client may be sent back to `uri`: one of the addresses that the operator allowed, character by character (RFC 9700, 4.1.3); nothing is parsed,
 * decoded or normalised. Of a loopback address the port is free, since an app listens on the one that it gets.
 */
export function isAllowedRedirect(uri: string, allowed: readonly string[]): boolean {
  const ownPort = withoutPort(uri);
  return allowed.some((entry) => entry === uri || (ownPort !== undefined && withoutPort(entry) === ownPort));
}

/** `uri` with a parameter more. */
export function withParameter(uri: string, name: string, value: string): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

function withoutPort(uri: string): string | undefined {
  const [, host, rest = ''] = LOOPBACK.exec(uri) ?? [];
  return host === undefined ? undefined : `http://${host}${rest}`;
}

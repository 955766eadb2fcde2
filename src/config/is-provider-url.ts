import { ValidateBy } from 'class-validator';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/**
 * The address of a provider, without user, query or fragment: https, since secrets travel to it; http on this machine, and outside production. An
 * issuer is named, never its discovery document: then nobody would compare the two.
 */
export function IsProviderUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isProviderUrl',
    validator: {
      validate: (value: unknown, args) =>
        typeof value === 'string' && isProviderUrl(value, propertyOf(args?.object, 'NODE_ENV') === 'production'),
      defaultMessage: () =>
        'must be the https address of the provider without query, such as https://id.example.org; http only for this machine, or outside production',
    },
  });
}

function isProviderUrl(value: string, inProduction: boolean): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(value) || /[?#@\\]|\/\.well-known\//.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || !inProduction || LOOPBACK.test(hostname);
}

function propertyOf(object: object | undefined, name: string): unknown {
  return object === undefined ? undefined : Reflect.get(object, name);
}

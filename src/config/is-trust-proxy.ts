import { isIP } from 'node:net';
import { buildMessage, ValidateBy } from 'class-validator';

const RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** What `TRUST_PROXY` may be: nothing that Fastify would refuse only when it starts. */
export function IsTrustProxy(): PropertyDecorator {
  return ValidateBy({
    name: 'isTrustProxy',
    validator: {
      validate: (value) => typeof value === 'string' && (/^(true|false|\d{1,2})$/.test(value) || isNetworkList(value)),
      defaultMessage: buildMessage(
        () => 'must be true, false, a number of proxies, or a comma-separated list of addresses or CIDR ranges',
      ),
    },
  });
}

function isNetworkList(value: string): boolean {
  return value.split(',').every((item) => RANGES.has(item.trim()) || isNetwork(item.trim()));
}

/** An address, or one with the length of a prefix: `10.0.0.0/8`. */
function isNetwork(item: string): boolean {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(item) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128);
}

import { MalformedRequestError, PreconditionFailedError } from './problem';

const ENTITY_TAG = /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** The entity tag of a version: `"v7"`. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * Holds `If-Match` (RFC 9110, 13.1.1, strong comparison) against the version that is there.
 * @throws PreconditionFailedError when it names others; MalformedRequestError when it is no entity tag.
 */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  if (!entityTags('If-Match', ifMatch).includes(etagOf(version))) throw new PreconditionFailedError(version);
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2, weak comparison) names the version that is there: answer 304. */
export function notModified(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return entityTags('If-None-Match', ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etagOf(version));
}

function entityTags(header: string, value: string): string[] {
  const tags = value.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => ENTITY_TAG.test(tag))) {
    throw new MalformedRequestError(`${header} must be entity tags such as "v7", or *`);
  }
  return tags;
}

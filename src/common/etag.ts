import { MalformedRequestError, PreconditionFailedError, PreconditionRequiredError } from './problem';

// One member of a list (RFC 9110, 5.6.1 and 8.8.3): an entity tag, which may hold commas, or nothing.
const MEMBER = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/** The entity tag of a version: `"v7"`. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * Holds `If-Match` (RFC 9110, 13.1.1, strong comparison) against the version that is there.
 * @param isRequired whether there must be one
 * @throws PreconditionFailedError when it names others; PreconditionRequiredError; MalformedRequestError when it is no entity tag.
 */
export function requireMatch(ifMatch: string | undefined, version: number, isRequired = false): void {
  if (ifMatch === undefined && isRequired) throw new PreconditionRequiredError();
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
  const tags: string[] = [];
  for (MEMBER.lastIndex = 0; MEMBER.lastIndex < value.length;) {
    const [, tag] = MEMBER.exec(value) ?? malformed(header);
    if (tag !== undefined) tags.push(tag);
  }
  return tags.length > 0 ? tags : malformed(header);
}

function malformed(header: string): never {
  throw new MalformedRequestError(`${header} must be entity tags such as "v7", or *`);
}

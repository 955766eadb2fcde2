import { buildMessage, ValidateBy } from 'class-validator';

/** Far more than any authenticator sends. */
const MAX_FIELD = 65_536;

/** A credential id has at most 1,023 bytes (WebAuthn Level 3, 4). */
const MAX_ID = 1_364;

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * What `PublicKeyCredential.toJSON()` gives in a browser (WebAuthn Level 3, 5.1), with `fields` in its `response`. Other members are let through unread:
 * browsers add new ones.
 */
export function IsCredential(...fields: string[]): PropertyDecorator {
  return ValidateBy({
    name: 'isCredential',
    validator: {
      validate: (value): boolean => {
        if (!isRecord(value) || !isRecord(value.response) || value.type !== 'public-key') return false;
        const { id, rawId, response } = value;
        return (
          isBase64Url(id, MAX_ID) && id === rawId && fields.every((field) => isBase64Url(response[field], MAX_FIELD))
        );
      },
      defaultMessage: buildMessage(
        () => 'must be what toJSON() of the credential gives in the browser, with base64url in each field',
      ),
    },
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBase64Url(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length <= max && BASE64URL.test(value);
}

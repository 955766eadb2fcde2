import { randomFillSync } from 'node:crypto';
import { Param, type PipeTransform } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { v7, validate, version } from 'uuid';
import { ValidationFailedError } from './problem';

const RANDOM_BYTES = 16;
const pool = new Uint8Array(256 * RANDOM_BYTES);
let used = pool.length;

/** Random bytes are fetched for 256 ids at a time: a call to the system for each costs more than the id. */
function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

let lastMs = -Infinity;
let sequence = 0;

/** A new id: UUIDv7 (RFC 9562), so that ids made later sort later: within a millisecond by a sequence number, which begins anywhere in the lower half. */
export function newId(): string {
  const random = randomBytes();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** An id that a client made: UUIDv4 or UUIDv7 (RFC 9562). Others are named by a clock and a network card, or by nothing, and may be made twice. */
export function IsClientId(): PropertyDecorator {
  return ValidateBy({
    name: 'isClientId',
    validator: {
      validate: (value) => typeof value === 'string' && validate(value) && [4, 7].includes(version(value)),
      defaultMessage: () => 'must be a UUID of version 4 or 7',
    },
  });
}

/** An id of whatever version. */
export function IsId(): PropertyDecorator {
  const validator = { validate: (value: unknown) => validate(value), defaultMessage: () => 'must be a UUID' };
  return ValidateBy({ name: 'isUuid', validator });
}

class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    if (!validate(value)) {
      throw new ValidationFailedError([{ pointer: `{${this.name}}`, detail: 'must be a UUID', code: 'isUuid' }]);
    }
    return value.toLowerCase();
  }
}

/** The id in the path; 400 when it is not a UUID. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, new IdPipe(name));

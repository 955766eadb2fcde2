import { randomFillSync } from 'node:crypto';
import { Param, type PipeTransform } from '@nestjs/common';
import { v7, validate } from 'uuid';
import { ValidationFailedError } from './problem';

/** A new id: UUIDv7 (RFC 9562), so that ids made later sort later. */
export function newId(): string {
  return v7();
}

const RANDOM_BYTES = 16;
const pool = new Uint8Array(256 * RANDOM_BYTES);
let used = pool.length;

/** An id for a request, of the same form. Random bytes are fetched for 256 at a time: a call to the system for each request would cost more than the id. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return v7({ random: pool.subarray(used - RANDOM_BYTES, used) });
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

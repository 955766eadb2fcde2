import { Param, type PipeTransform } from '@nestjs/common';
import { v7, validate } from 'uuid';
import { ValidationFailedError } from './problem';

/** A new id: UUIDv7 (RFC 9562), so that ids made later sort later. */
export function newId(): string {
  return v7();
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

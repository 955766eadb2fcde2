import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { BEGINS_LATER, IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * A POST that may be repeated with an `Idempotency-Key`. All that it does must be in the database: a repetition does not run it again, and a failure undoes it.
 * @param beginsLater that the service receives the content itself, and then calls `IdempotencyService.begin`
 */
export const Idempotent = ({ beginsLater }: { beginsLater: boolean } = { beginsLater: false }): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    SetMetadata(BEGINS_LATER, beginsLater),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A string that the client makes for this request. Repeated within 24 hours, the request is not carried out again: it gets the same answer, with `Idempotent-Replayed: true`',
      schema: { type: 'string', minLength: 1, maxLength: 257, example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"' },
    }),
  );

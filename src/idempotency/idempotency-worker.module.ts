import { Module } from '@nestjs/common';
import { IdempotencyRetention } from './idempotency-retention';

/** Removes what is old. */
@Module({ providers: [IdempotencyRetention] })
export class IdempotencyWorkerModule {}

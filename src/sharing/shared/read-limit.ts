import { applyDecorators, UseGuards } from '@nestjs/common';
import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { SignInLimitGuard } from '../../auth/limits/sign-in-limit.guard';

/** Reads a minute from one network. Nothing can be guessed by reading, so that a class or an office behind one address is let in. */
const MOST_READS = 300;

/** Limits routes that only read, and not by account: there is none. */
export const ReadLimit = (): MethodDecorator =>
  applyDecorators(
    UseGuards(SignInLimitGuard),
    SkipThrottle({ account: true }),
    Throttle({ address: { limit: MOST_READS, ttl: 60_000 } }),
  );

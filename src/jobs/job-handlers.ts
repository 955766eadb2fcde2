import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { JobDefinition } from './job-definition';
import { JobProcessor } from './job-processor';

type AnyProcessor = JobProcessor<object, unknown>;

/** The handlers that this process has. */
@Injectable()
export class JobHandlers {
  constructor(private readonly discovery: DiscoveryService) {}

  all(): AnyProcessor[] {
    const instances = this.discovery.getProviders().map((provider): unknown => provider.instance);
    return instances.filter((instance): instance is AnyProcessor => instance instanceof JobProcessor);
  }

  definitions(): JobDefinition<object>[] {
    return this.all().map((processor) => processor.definition);
  }

  /** How many there are; known before they are made. */
  count(): number {
    return this.discovery.getProviders().filter(({ metatype }) => metatype?.prototype instanceof JobProcessor).length;
  }
}

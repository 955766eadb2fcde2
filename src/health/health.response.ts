import { ApiProperty } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';

class CheckResponse {
  @ApiProperty({ enum: ['up', 'down'], example: 'up' })
  status!: string;
}

export class HealthResponse {
  @ApiProperty({ enum: ['ok', 'error'], example: 'ok' })
  status!: 'ok' | 'error';

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/CheckResponse' },
    example: { database: { status: 'up' } },
  })
  checks!: Record<string, CheckResponse>;

  static from(result: HealthCheckResult): HealthResponse {
    const checks = Object.entries(result.details).map(([name, { status }]) => [name, { status }] as const);
    return { status: result.status === 'ok' ? 'ok' : 'error', checks: Object.fromEntries(checks) };
  }
}

export const HEALTH_MODELS = [CheckResponse];

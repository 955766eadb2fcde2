import { Controller, Get, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { type HealthCheckResult, HealthCheckService, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/public';
import { HEALTH_MODELS, HealthResponse } from './health.response';
import { HealthService } from './health.service';

/** Probes for Kubernetes and load balancers. */
@ApiTags('health')
@ApiExtraModels(...HEALTH_MODELS)
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly health: HealthService,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs; asks nothing else', security: [] })
  @ApiOkResponse({ type: HealthResponse, description: 'It runs' })
  live(): HealthResponse {
    return { status: 'ok', checks: {} };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether requests can be served: database, migrations, queue', security: [] })
  @ApiOkResponse({ type: HealthResponse, description: 'Ready' })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'Not ready, or shutting down' })
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    return this.answer(reply, [
      () => this.health.shutdown(),
      () => this.health.database(),
      () => this.health.migrations(),
      () => this.health.queues(),
    ]);
  }

  @Get('startup')
  @ApiOperation({ summary: 'Whether the server has started', security: [] })
  @ApiOkResponse({ type: HealthResponse, description: 'Started' })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: 'Still starting' })
  startup(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    return this.answer(reply, [() => this.health.startup()]);
  }

  private async answer(reply: FastifyReply, indicators: HealthIndicatorFunction[]): Promise<HealthResponse> {
    const result = await this.checks.check(indicators).catch(resultOf);
    void reply.code(result.status === 'ok' ? 200 : 503).header('Cache-Control', 'no-store');
    return HealthResponse.from(result);
  }
}

/** Terminus throws an HTTP exception that carries the result when a check is down. */
function resultOf(error: unknown): HealthCheckResult {
  const response =
    error instanceof Error && 'getResponse' in error && typeof error.getResponse === 'function'
      ? error.getResponse()
      : undefined;
  if (typeof response === 'object' && response !== null && 'details' in response) return response as HealthCheckResult;
  throw error;
}

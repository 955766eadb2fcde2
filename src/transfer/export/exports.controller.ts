import { Controller, Get, Header, HttpCode, Post, Res, StreamableFile } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SessionOnly } from '../../common/access';
import { type Client, CurrentClient } from '../../common/client';
import { CurrentSession, type SessionUser } from '../../common/current-user';
import { IdParam } from '../../common/uuid';
import { Idempotent } from '../../idempotency/idempotent';
import { JobResponse } from '../../jobs/job.response';
import { ExportsService } from './exports.service';

@ApiTags('users')
@Controller('users/me/export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Post()
  @Idempotent()
  @HttpCode(202)
  @SessionOnly({ fresh: true })
  @ApiOperation({
    summary: 'Export everything about the account',
    description:
      'A job collects it in a zip: follow `Location`, then `GET /users/me/export/{id}`. Notes are Markdown with front matter, which `POST /imports` reads, and JSON Lines; bookmarks are a file for browsers, too. The newest export is kept, for a day.',
  })
  @ApiAcceptedResponse({
    type: JobResponse,
    description: 'The job; its `result` will be `{size, expiresAt}`',
    headers: {
      Location: {
        description: 'Where the job is',
        schema: { type: 'string', example: '/api/v1/jobs/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @ApiConflictResponse({ description: '`conflict`: an export is being made already' })
  async start(
    @CurrentSession() user: SessionUser,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse> {
    const job = await this.exports.start(user, client);
    void reply.header('Location', `/api/v1/jobs/${job.id}`);
    return JobResponse.from(job);
  }

  @Get(':id')
  @SessionOnly()
  @Header('Cache-Control', 'private, no-store')
  @ApiOperation({ summary: 'Download an export; the id is that of its job' })
  @ApiProduces('application/zip')
  @ApiOkResponse({
    description: 'The zip',
    content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    headers: {
      'Content-Disposition': { description: 'The name of the file', schema: { type: 'string' } },
    },
  })
  @ApiNotFoundResponse({ description: 'There is no such export, it is not done, it is over a day old, or not yours' })
  async download(@CurrentSession() user: SessionUser, @IdParam() id: string): Promise<StreamableFile> {
    const { content, size, fileName } = await this.exports.open(user.id, id);
    const disposition = `attachment; filename="${fileName}"`;
    return new StreamableFile(content, { type: 'application/zip', disposition, length: size });
  }
}

import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireScope } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { problemWith } from '../common/problem.decorator';
import { Idempotent } from '../idempotency/idempotent';
import { JobResponse } from '../jobs/job.response';
import { BatchRequest } from './batch/batch.requests';
import { BatchResponse } from './batch/batch.response';
import { NoteBatchService } from './batch/note-batch.service';
import { BulkRequest } from './bulk/bulk.requests';
import { NoteBulkService } from './bulk/note-bulk.service';

const WITH_OPERATION = problemWith({ operation: { type: 'integer', description: 'Its index', example: 0 } });

@ApiTags('notes')
@RequireScope('notes:write')
@Controller('notes')
export class NoteBatchesController {
  constructor(
    private readonly batches: NoteBatchService,
    private readonly bulk: NoteBulkService,
  ) {}

  @Post('batch')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    summary: 'Carry out up to 100 operations on notes',
    description: 'In order, each with its own result; with `atomic`, all or none.',
  })
  @ApiOkResponse({ type: BatchResponse, description: 'A result for each operation' })
  @ApiNotFoundResponse({ description: 'With `atomic`: there is no such note, or it is not yours', ...WITH_OPERATION })
  @ApiConflictResponse({ description: 'With `atomic`: as for a single note', ...WITH_OPERATION })
  @ApiPreconditionFailedResponse({ description: 'With `atomic`: it was changed meanwhile', ...WITH_OPERATION })
  @ApiResponse({ status: 428, description: 'With `atomic`: the account asks for `ifMatch`', ...WITH_OPERATION })
  async run(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: BatchRequest,
    @Req() request: FastifyRequest,
  ): Promise<BatchResponse> {
    return BatchResponse.from(await this.batches.run(user, body), request.url, request.id);
  }

  @Post('bulk')
  @HttpCode(202)
  @Idempotent()
  @ApiOperation({
    summary: 'Change all notes that a filter finds',
    description:
      'By a job, for any number: follow `Location`. It changes the notes that the filter finds when it begins, each once.',
  })
  @ApiAcceptedResponse({
    type: JobResponse,
    description: 'The job; its `result` will be `{changed, unchanged, refused, problems: [{id, code, detail}]}`',
    headers: {
      Location: {
        description: 'Where the job is',
        schema: { type: 'string', example: '/api/v1/jobs/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  async start(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: BulkRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse> {
    const job = await this.bulk.start(user.id, body);
    void reply.header('Location', `/api/v1/jobs/${job.id}`);
    return JobResponse.from(job);
  }
}

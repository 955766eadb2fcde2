import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiTags,
  ApiUnprocessableEntityResponse,
  ApiUnsupportedMediaTypeResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../common/access';
import { type AuthenticatedRequest, type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { problemWith } from '../common/problem.decorator';
import { Idempotent } from '../idempotency/idempotent';
import { JobResponse } from '../jobs/job.response';
import { ImportRequest } from './import.request';
import { readUpload } from './import-upload';
import { ImportsService } from './imports.service';

const REASON = problemWith({ reason: { type: 'string', description: 'Why, as a word', example: 'zip-damaged' } });

@ApiTags('imports')
@RequireScope('notes:write')
@Controller('imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Post()
  @Idempotent({ beginsLater: true })
  @HttpCode(202)
  @ApiOperation({
    summary: 'Import notes or bookmarks from a file',
    description:
      'The file is streamed to disk and imported by a job: follow `Location`. Folders become notebooks. What is there already is skipped, so importing a file twice is safe.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportRequest })
  @ApiAcceptedResponse({
    type: JobResponse,
    description:
      'The job; its `result` will be `{created, updated, skipped, refused, problems: [{file, line, detail}]}`',
    headers: {
      Location: {
        description: 'Where the job is',
        schema: { type: 'string', example: '/api/v1/jobs/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @ApiPayloadTooLargeResponse({ description: '`import-refused`: larger than this server allows', ...REASON })
  @ApiUnsupportedMediaTypeResponse({
    description:
      '`import-refused`: neither Markdown, a zip of Markdown, nor a bookmarks file; `unsupported-media-type`: not multipart/form-data',
    ...REASON,
  })
  @ApiUnprocessableEntityResponse({
    description:
      '`import-refused`, with `reason`: zip-bomb, zip-unsafe-path, zip-damaged, zip-encrypted, invalid-encoding, empty',
    ...REASON,
  })
  async start(
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobResponse> {
    const job = await this.imports.start(user.id, await readUpload(request));
    void reply.header('Location', `/api/v1/jobs/${job.id}`);
    return JobResponse.from(job);
  }
}

import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { linkNext, type Page, PageQuery } from '../common/page';
import { ApiPage } from '../common/page.decorator';
import { IdParam } from '../common/uuid';
import { JobResponse } from './job.response';
import { JobsService } from './jobs.service';

@ApiTags('jobs')
@RequireScope('notes:read')
@Controller('jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @ApiOperation({ summary: 'List background work, newest first' })
  @ApiPage(JobResponse)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<JobResponse>> {
    const { data, page } = await this.jobs.list(user.id, query);
    linkNext(reply, page);
    return { data: data.map(JobResponse.from), page };
  }

  @Get(':id')
  @ApiOperation({ summary: 'See how a job is getting on' })
  @ApiOkResponse({ type: JobResponse, description: 'The job' })
  @ApiNotFoundResponse({ description: 'There is no such job, or it is not yours' })
  async get(@CurrentUser() user: AuthenticatedUser, @IdParam() id: string): Promise<JobResponse> {
    return JobResponse.from(await this.jobs.getOwned(user.id, id));
  }
}

import { ApiAcceptedResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Job } from './job.entity';
import { JobResponse } from './job.response';

/** Documents that a job may do the work; `description` says when. */
export const ApiAcceptedJob = (description: string): MethodDecorator =>
  ApiAcceptedResponse({
    type: JobResponse,
    description,
    headers: {
      Location: {
        description: 'Where the job is',
        schema: { type: 'string', example: '/api/v1/jobs/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  });

/** Answers 202 with a job and where it is. */
export function acceptJob(reply: FastifyReply, job: Job): JobResponse {
  void reply.code(202).header('Location', `/api/v1/jobs/${job.id}`);
  return JobResponse.from(job);
}

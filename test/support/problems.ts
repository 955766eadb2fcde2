import type { Answer } from './client';
import type { ProblemBody } from './notes';

const MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'requestId'];

/** Checks that an answer is the documented problem and nothing else. */
export function expectProblem(
  answer: Answer<object>,
  status: number,
  code: string,
  path: string,
  further: string[] = [],
): void {
  const { headers } = answer;
  const body = answer.body as ProblemBody;
  expect([answer.status, body.type, body.status, body.instance]).toEqual([
    status,
    `urn:commonplace:problem:${code}`,
    status,
    path,
  ]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  expect(Object.keys(body).toSorted()).toEqual([...MEMBERS, ...further].toSorted());
  expect(body.requestId).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
  expect(headers.get('x-request-id')).toBe(body.requestId);
  expect([typeof body.title, typeof body.detail]).toEqual(['string', 'string']);
}

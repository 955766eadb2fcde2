import { type ApiResponseOptions, getSchemaPath } from '@nestjs/swagger';
import { Problem } from './problem';

type Content = NonNullable<ApiResponseOptions['content']>;
type Schema = NonNullable<Content[string]['schema']>;

/** Documents a problem that has further members (RFC 9457, 3.2), such as `existingId`; each may be absent. */
export function problemWith(members: Record<string, Schema>): { content: Content } {
  const schema = { allOf: [{ $ref: getSchemaPath(Problem) }, { type: 'object', properties: members }] };
  return { content: { 'application/problem+json': { schema } } };
}

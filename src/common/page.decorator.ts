import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { PageInfo } from './page';

/** Documents a page of `item`s with its `Link` header; `more` are properties that a page may have besides. */
export function ApiPage(item: Type, more: Record<string, Type> = {}): MethodDecorator {
  const optional = Object.entries(more).map(([name, type]) => [name, { $ref: getSchemaPath(type) }] as const);
  return applyDecorators(
    ApiExtraModels(PageInfo, item, ...Object.values(more)),
    ApiOkResponse({
      description: 'A page',
      headers: {
        Link: { description: '`<…>; rel="next"` (RFC 8288), unless this is the last page', schema: { type: 'string' } },
      },
      schema: {
        type: 'object',
        required: ['data', 'page'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(item) } },
          page: { $ref: getSchemaPath(PageInfo) },
          ...Object.fromEntries(optional),
        },
      },
    }),
  );
}

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { version } from '../package.json';
import { Problem } from './common/problem';
import { ROLES_EXPLAINED } from './openapi-access';
import { completeDocument } from './openapi-complete';

/** The OpenAPI 3.1 description of the API, as committed in `docs/openapi.json`. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Commonplace')
    .setDescription(
      'A server for notes and bookmarks. Errors are `application/problem+json` (RFC 9457); lists are paged by cursor; v1 only grows.',
    )
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT, or cmp_…', description: ROLES_EXPLAINED },
      'bearer',
    )
    .addTag('auth', 'Accounts and sessions')
    .addTag('access-tokens', 'Personal access tokens, for programs')
    .addTag('users', 'The signed-in user')
    .addTag('notes', 'Notes and bookmarks, tags, search')
    .addTag('notebooks', 'The tree that notes are in')
    .addTag('shares', 'Links to notes for people without an account')
    .addTag('sync', 'Keeping copies up to date')
    .addTag('imports', 'Bringing notes in')
    .addTag('jobs', 'Background work')
    .addTag('admin', 'Accounts of others, for administrators')
    .addTag('health', 'Probes')
    .build();
  return completeDocument(
    SwaggerModule.createDocument(app, options, {
      extraModels: [Problem],
      operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`,
    }),
  );
}

/** `/docs` (Swagger UI) and `/docs/openapi.json`. */
export function setUpSwagger(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => buildDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Commonplace API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}

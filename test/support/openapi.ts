import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020';
import type { FastifyInstance } from 'fastify';
import type { Answer } from './client';

export interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  description?: string;
  example?: unknown;
  default?: unknown;
  enum?: unknown[];
  format?: string;
}

export interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: Schema & { type?: string };
}

type Content = Record<string, { schema: Schema }>;

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: object[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, { description: string; headers: Record<string, object>; content?: Content }>;
}

export interface OpenApi {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

/** The repository's directory. */
export const ROOT = join(__dirname, '../..');
export const DOCUMENT_PATH = join(ROOT, 'docs/openapi.json');
export const document = JSON.parse(readFileSync(DOCUMENT_PATH, 'utf8')) as OpenApi;

/** `GET /api/v1/notes/{id}` and its like, with what is said of them. */
export const operations = new Map<string, Operation>(
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
);

/** The schema that a JSON request body of `operation` has; undefined when it takes none. */
export function jsonBodyOf(operation: Operation): Schema | undefined {
  const name = operation.requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1) ?? '';
  return document.components.schemas[name];
}

/** The routes of a running server as the document writes them; HEAD comes with every GET. */
export function routesOf(fastify: FastifyInstance): string[] {
  const routes: string[] = [];
  const parents: string[] = [];
  for (const line of fastify.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, branch = '', path = '', methods = ''] = /^([│├└─ ]*)(\S+) \((.+)\)$/.exec(line) ?? [];
    const depth = branch.length / 4;
    parents.splice(Math.max(0, depth - 1), Infinity, path);
    const url = parents.join('').replace(/:(\w+)/g, '{$1}');
    for (const method of methods.split(', ')) if (method !== '' && method !== 'HEAD') routes.push(`${method} ${url}`);
  }
  return routes;
}

const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
addFormats.default(ajv);
ajv.addVocabulary(['example', 'components']);
ajv.addSchema({ $id: 'openapi', components: { schemas: closed(document.components.schemas) } });

/** What an answer has that the document does not say, or the other way about; empty when they agree. */
export function disagreements(route: string, answer: Answer<unknown>): unknown[] {
  const response = operations.get(route)?.responses[answer.status];
  if (response === undefined) return [`${route} does not say that it answers ${answer.status}`];
  const missing = Object.keys(response.headers).filter((name) => name !== 'Link' && !answer.headers.has(name));
  const [type] = (answer.headers.get('content-type') ?? '').split(';');
  const schema = response.content?.[type ?? '']?.schema;
  if (schema === undefined) return [...missing, ...(answer.text === '' ? [] : [`${type} is not documented`])];
  const validate = ajv.compile({ allOf: [absolute(schema)], unevaluatedProperties: false });
  const value = type?.endsWith('json') ? answer.body : answer.text;
  return [...missing, ...(validate(value) ? [] : (validate.errors ?? []))];
}

/** The schemas without room for what they do not name, save problems, which responses extend. */
function closed(schemas: Record<string, Schema>): Record<string, SchemaObject> {
  const entries = Object.entries(schemas).map(([name, schema]) => {
    const isOpen = schema.properties === undefined || name === 'Problem' || schema.additionalProperties !== undefined;
    return [name, isOpen ? schema : { ...schema, additionalProperties: false }] as const;
  });
  return Object.fromEntries(entries);
}

function absolute(schema: Schema): SchemaObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as SchemaObject;
}

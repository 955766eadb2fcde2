import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { declaredRule, type RouteRule } from '../../src/auth/access/route-rule';
import { API_PREFIX } from '../../src/configure-app';
import { routesOf } from './openapi';

/** A route that a controller serves. */
export interface Route {
  /** `GET /api/v1/notes/{id}` */
  name: string;
  method: string;
  path: string;
  /** undefined when neither the handler nor its controller says who may call it. */
  rule: RouteRule | undefined;
}

export interface RouteTable {
  routes: Route[];
  /** What Fastify serves without a controller. */
  others: string[];
}

/** Every route of a running server: those that Fastify has, each with what its handler says of who may call it. */
export function routeTable(app: NestFastifyApplication): RouteTable {
  const served = new Set(routesOf(app.getHttpAdapter().getInstance()));
  const routes = controllersOf(app).flatMap((controller) =>
    handlersOf(controller).map((handler) => routeOf(controller, handler, served)),
  );
  const named = new Set(routes.map((route) => route.name));
  return { routes, others: [...served].filter((name) => !named.has(name)).toSorted() };
}

type Handler = (...args: unknown[]) => unknown;

function controllersOf(app: NestFastifyApplication): Type[] {
  const modules = Array.from(app.get(ModulesContainer).values());
  const controllers = modules.flatMap((module) => Array.from(module.controllers.values(), ({ metatype }) => metatype));
  return [...new Set(controllers as Type[])];
}

function handlersOf(controller: Type): Handler[] {
  const prototype = controller.prototype as Record<string, Handler>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => prototype[name])
    .filter((method): method is Handler => method !== undefined && Reflect.hasMetadata(PATH_METADATA, method));
}

function routeOf(controller: Type, handler: Handler, served: Set<string>): Route {
  const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? '';
  const parts = [controller, handler].map((target) => String(Reflect.getMetadata(PATH_METADATA, target)));
  const path = parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .map((segment) => `/${segment.replace(/^:(\w+)$/, '{$1}')}`)
    .join('');
  const found = [`/${API_PREFIX}${path}`, path].find((full) => served.has(`${method} ${full}`));
  if (found === undefined) throw new Error(`${controller.name}.${handler.name} (${method} ${path}) is served nowhere`);
  return { name: `${method} ${found}`, method, path: found, rule: declaredRule(controller, handler) };
}

import { type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '../../common/access';
import { PUBLIC_ROUTE } from '../../common/public';

/** What a route says of who may call it. */
export type RouteRule = AccessRule | 'public';

type Handler = ReturnType<ExecutionContext['getHandler']>;

const reflector = new Reflector();

/** What decorators say does not change: it is read once. By class and then by handler, since classes may inherit one handler. */
const known = new WeakMap<Type, WeakMap<Handler, RouteRule>>();

/** The rule of a request's route. @throws Error when it has none, or two: forgetting must not open a route. */
export function ruleOf(context: ExecutionContext): RouteRule {
  const controller = context.getClass();
  const handler = context.getHandler();
  let rules = known.get(controller);
  if (rules === undefined) known.set(controller, (rules = new WeakMap()));
  let rule = rules.get(handler);
  if (rule === undefined) {
    rule = declaredRule(controller, handler);
    if (rule === undefined) throw new Error(`${controller.name}.${handler.name} does not say who may call it`);
    rules.set(handler, rule);
  }
  return rule;
}

/** What the handler says, or else its controller; undefined when neither does. @throws Error when one says two things. */
export function declaredRule(controller: Type, handler: Handler): RouteRule | undefined {
  for (const target of [handler, controller]) {
    const isPublic = reflector.get<true | undefined>(PUBLIC_ROUTE, target) === true;
    const rule = reflector.get<AccessRule | undefined>(ACCESS_RULE, target);
    if (isPublic && rule !== undefined) throw new Error(`${controller.name}.${handler.name} is public and is not`);
    if (isPublic) return 'public';
    if (rule !== undefined) return rule;
  }
  return undefined;
}

import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import type { ExecutionContext, Type } from '@nestjs/common';
import { AnyCredential, RequireScope, SessionOnly } from '../../common/access';
import { Public } from '../../common/public';
import { declaredRule, ruleOf } from './route-rule';

abstract class Base {
  inherited(): void {}
}

@SessionOnly()
class Account extends Base {
  own(): void {}

  @RequireScope('account:read')
  scoped(): void {}

  @Public()
  open(): void {}
}

@Public()
class Open extends Base {
  own(): void {}

  @SessionOnly({ fresh: true })
  closed(): void {}

  @Public()
  @AnyCredential()
  both(): void {}
}

class Silent extends Base {
  own(): void {}
}

const contextOf = (controller: Type, handler: () => void): ExecutionContext =>
  new ExecutionContextHost([], controller, handler);

describe('the rule of a route', () => {
  const account = Account.prototype;
  const open = Open.prototype;

  it.each([
    ['that of its controller', Account, account.own, { kind: 'session', fresh: false }],
    ['its own, rather than that of its controller', Account, account.scoped, { kind: 'scope', scope: 'account:read' }],
    ['public where only the handler is', Account, account.open, 'public'],
    ['public where the controller is', Open, open.own, 'public'],
    ['its own in a controller that is public', Open, open.closed, { kind: 'session', fresh: true }],
  ])('is %s', (_, controller, handler, rule) => {
    for (let i = 0; i < 2; i += 1) expect(ruleOf(contextOf(controller, handler))).toEqual(rule);
  });

  it('is that of the class which inherits the handler, not of another that does, too', () => {
    expect(ruleOf(contextOf(Account, account.inherited))).toEqual({ kind: 'session', fresh: false });
    expect(ruleOf(contextOf(Open, open.inherited))).toBe('public');
  });

  it('must be there, and be one: else the route is closed to everybody', () => {
    expect(declaredRule(Silent, Silent.prototype.own)).toBeUndefined();
    for (let i = 0; i < 2; i += 1) {
      expect(() => ruleOf(contextOf(Silent, Silent.prototype.own))).toThrow('Silent.own does not say who may call it');
      expect(() => ruleOf(contextOf(Open, open.both))).toThrow('Open.both is public and is not');
    }
  });
});

import { buildMessage, ValidateBy } from 'class-validator';
import { isLongEnough, LENGTH_FAULT } from './password-policy';

/** The length of a new password; `hashNewPassword` looks at the rest, which needs the account. */
export function IsPassword(): PropertyDecorator {
  return ValidateBy({
    name: LENGTH_FAULT.code,
    validator: {
      validate: (value): boolean => typeof value === 'string' && isLongEnough(value),
      defaultMessage: buildMessage(() => LENGTH_FAULT.detail),
    },
  });
}

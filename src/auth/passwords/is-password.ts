import { buildMessage, ValidateBy } from 'class-validator';
import { codePointLength } from '../../common/text';

/** 12 to 128 characters of any script (NIST SP 800-63B counts code points, after NFKC). */
export function IsPassword(): PropertyDecorator {
  return ValidateBy({
    name: 'isPassword',
    validator: {
      validate: (value): boolean => {
        if (typeof value !== 'string' || value.length > 1_000) return false;
        const length = codePointLength(value.normalize('NFKC'));
        return length >= 12 && length <= 128;
      },
      defaultMessage: buildMessage(() => 'must be 12 to 128 characters'),
    },
  });
}

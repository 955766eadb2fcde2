import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';

/** A parameter of a query that may be absent, else is true or false. */
export function Flag(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    Transform(({ value }) => ({ true: true, false: false })[String(value)] ?? value),
    IsBoolean({ message: 'must be true or false' }),
  );
}

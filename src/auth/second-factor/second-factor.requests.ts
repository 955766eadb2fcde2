import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';

const CODE = { message: 'must be a code of the authenticator app, or a recovery code' };
const TICKET = { message: 'must be the ticket of a sign-in' };

/** What may be a code, of the app or for recovery. */
export const IsCode = (): PropertyDecorator => applyDecorators(IsString(CODE), MinLength(6, CODE), MaxLength(64, CODE));

export class CodeRequest {
  @ApiProperty({
    minLength: 6,
    maxLength: 64,
    description: 'Six digits of the authenticator app, or a recovery code',
    example: '492039',
  })
  @IsCode()
  code!: string;
}

export class SecondFactorRequest extends CodeRequest {
  @ApiProperty({
    maxLength: 200,
    description: 'Of the answer `second-factor-required`',
    example: 'cmo_Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ0T2',
  })
  @IsString(TICKET)
  @MaxLength(200, TICKET)
  ticket!: string;
}

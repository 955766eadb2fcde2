import { SetMetadata } from '@nestjs/common';

export const PUBLIC_ROUTE = 'commonplace:public';

/** A route that needs no user. All others do. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC_ROUTE, true);

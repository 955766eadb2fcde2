import { Module } from '@nestjs/common';
import { ImportsController } from './imports.controller';
import { TransferModule } from './transfer.module';

@Module({ imports: [TransferModule], controllers: [ImportsController] })
export class TransferHttpModule {}

import { Module } from '@nestjs/common';
import { ExportsController } from './export/exports.controller';
import { ImportsController } from './imports.controller';
import { TransferModule } from './transfer.module';

@Module({ imports: [TransferModule], controllers: [ImportsController, ExportsController] })
export class TransferHttpModule {}

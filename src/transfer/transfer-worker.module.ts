import { Module } from '@nestjs/common';
import { ImportLeftovers } from './import-leftovers';
import { ImportNotesProcessor } from './import-notes.processor';
import { TransferModule } from './transfer.module';

@Module({ imports: [TransferModule], providers: [ImportNotesProcessor, ImportLeftovers] })
export class TransferWorkerModule {}

import { Module } from '@nestjs/common';
import { ImportNotesProcessor } from './import-notes.processor';
import { TransferModule } from './transfer.module';

@Module({ imports: [TransferModule], providers: [ImportNotesProcessor] })
export class TransferWorkerModule {}

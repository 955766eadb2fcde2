import { Module } from '@nestjs/common';
import { AccountFiles } from './account-files';
import { AccountExport } from './export/account-export';
import { ExportAccountProcessor } from './export/export-account.processor';
import { ExportFiles } from './export/export-files';
import { ImportLeftovers } from './import-leftovers';
import { ImportNotesProcessor } from './import-notes.processor';
import { TransferModule } from './transfer.module';

@Module({
  imports: [TransferModule],
  providers: [ImportNotesProcessor, ImportLeftovers, ExportAccountProcessor, AccountExport, ExportFiles, AccountFiles],
})
export class TransferWorkerModule {}

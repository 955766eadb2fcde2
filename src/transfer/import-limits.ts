import { MAX_TAGS } from '../notes/note-fields';
import type { ImportLimits } from './readers/import-entry';

const MIB = 1024 * 1024;

/** What one import may hold; the size of the upload itself is `IMPORT_LIMIT_BYTES`. */
export const IMPORT_LIMITS: ImportLimits = {
  maxNoteBytes: MIB,
  maxEntries: 100_000,
  maxExpandedBytes: 1024 * MIB,
  maxCompressionRatio: 200,
  maxTags: MAX_TAGS,
};

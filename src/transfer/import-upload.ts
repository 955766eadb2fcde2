import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ValidationFailedError } from '../common/problem';
import { isStorableText } from '../common/text';
import type { ImportUpload } from './imports.service';
import { IMPORT_FORMATS, type ImportFormat } from './readers/import-entry';

/**
 * The parts of a multipart upload, the file as a stream. `format` counts when it comes before the file, since what comes after is not read until the file
 * has been; it may also be given as `?format=`.
 * @throws ValidationFailedError without a file, or for an unknown format.
 */
export async function readUpload(request: FastifyRequest): Promise<ImportUpload> {
  const file = await request.file();
  if (file === undefined || file.fieldname !== 'file') {
    throw invalid('file', 'must be a file in multipart/form-data, in the part named file');
  }
  return { content: file.file, fileName: cleanName(file.filename), format: formatOf(file) };
}

function formatOf(file: MultipartFile): ImportFormat {
  const part = file.fields.format;
  const value = part !== undefined && !Array.isArray(part) && part.type === 'field' ? part.value : 'auto';
  const format = IMPORT_FORMATS.find((known) => known === value);
  if (format === undefined) throw invalid('format', `must be one of ${IMPORT_FORMATS.join(', ')}`);
  return format;
}

/** The last part of the name, of a length that a title may have. */
function cleanName(name: string): string {
  const base = name.split(/[/\\]/).at(-1)?.slice(0, 255).toWellFormed() ?? '';
  return base === '' || !isStorableText(base) ? 'upload' : base;
}

function invalid(field: string, detail: string): ValidationFailedError {
  return new ValidationFailedError([{ pointer: `#/${field}`, detail, code: 'isUpload' }]);
}

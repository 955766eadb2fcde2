import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ValidationFailedError } from '../common/problem';
import { isStorableText } from '../common/text';
import type { ImportUpload } from './imports.service';
import { IMPORT_FORMATS, type ImportFormat } from './readers/import-entry';

/**
 * The parts of a multipart upload, in any order: `file`, as a stream, and `format`, which is known once the file has been read.
 * @throws ValidationFailedError without a file.
 */
export async function readUpload(request: FastifyRequest): Promise<ImportUpload> {
  const parts = request.parts();
  let format: ImportFormat = 'auto';
  for (;;) {
    const { value: part, done } = await parts.next();
    if (done === true) throw invalid('file', 'must be a file in multipart/form-data, in the part named file');
    format = formatIn(part) ?? format;
    if (part.type !== 'file') continue;
    if (part.fieldname !== 'file') throw invalid(part.fieldname, 'is not a part of this request');
    return {
      content: part.file,
      fileName: cleanName(part.filename),
      declaredBytes: Number(request.headers['content-length'] ?? 0),
      format: () => formatAfter(parts, format),
    };
  }
}

async function formatAfter(parts: AsyncIterable<Multipart>, before: ImportFormat): Promise<ImportFormat> {
  let format = before;
  for await (const part of parts) {
    if (part.type === 'file') throw invalid(part.fieldname, 'must be one file: import others by requests of their own');
    format = formatIn(part) ?? format;
  }
  return format;
}

/** The format that a part names; undefined when it is the file. */
function formatIn(part: Multipart): ImportFormat | undefined {
  if (part.type === 'file') return undefined;
  if (part.fieldname !== 'format') throw invalid(part.fieldname, 'is not a part of this request');
  const format = IMPORT_FORMATS.find((known) => known === part.value);
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

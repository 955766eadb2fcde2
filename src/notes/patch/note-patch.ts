import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { validateBody } from '../../common/validation';
import { editableFields, mergeEdit, type NoteEdit } from '../note-edits';
import { UpdateNoteRequest } from '../note.requests';
import { applyJsonPatch } from './apply-json-patch';
import { parseJsonPatch, type PatchOperation } from './json-patch';

export const JSON_PATCH = 'application/json-patch+json';

/** How a note is to change, in either way of saying it. */
export type NotePatch = { fields: UpdateNoteRequest } | { operations: PatchOperation[] };

/** The edit that a patch asks for. It throws what `mergeEdit` and `applyJsonPatch` do, and ValidationFailedError when no note can be like that. */
export function patchEdit(patch: NotePatch): NoteEdit {
  if ('fields' in patch) return mergeEdit(patch.fields);
  return async (row, context) => {
    const { archivedAt, isLanguageSet, ...fields } = editableFields(row);
    const document = { ...fields, tags: [...fields.tags], archived: archivedAt !== null };
    applyJsonPatch(document, patch.operations);
    // What was removed is cleared.
    const cleared = { title: null, body: null, url: null, tags: null, notebookId: null, pinned: null, archived: null };
    const { language = null, ...others } = document;
    // One that was detected is not said by whoever patches something else.
    const isSaid = isLanguageSet || patch.operations.some(writesLanguage);
    const changed = { ...cleared, ...others, language: isSaid ? language : null };
    return mergeEdit(await validateBody(UpdateNoteRequest, changed))(row, context);
  };
}

function writesLanguage({ op, path }: PatchOperation): boolean {
  return op !== 'test' && path === '/language';
}

class NotePatchPipe implements PipeTransform<FastifyRequest, Promise<NotePatch>> {
  async transform({ headers, body }: FastifyRequest): Promise<NotePatch> {
    const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type === JSON_PATCH) return { operations: parseJsonPatch(body) };
    return { fields: await validateBody(UpdateNoteRequest, body) };
  }
}

const RequestParam = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<FastifyRequest>(),
);

/** The body of a PATCH: a merge patch or, by its media type, a JSON patch. */
export const NotePatchBody = (): ParameterDecorator => RequestParam(NotePatchPipe);

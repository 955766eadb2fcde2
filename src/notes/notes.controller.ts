import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../common/access';
import { type AuthenticatedUser, CurrentUser } from '../common/current-user';
import { etagOf, notModified } from '../common/etag';
import { CHANGED, ETAG, EXISTING_ID_MEMBER, IF_MATCH, REQUIRED } from '../common/etag.decorator';
import { linkNext } from '../common/page';
import { ApiPage } from '../common/page.decorator';
import { problemWith } from '../common/problem.decorator';
import { IdParam } from '../common/uuid';
import { Idempotent } from '../idempotency/idempotent';
import { ListNotesQuery } from './list-notes.query';
import { answerNote, DUPLICATE, NO_NOTE, NO_ROOM } from './note-answers';
import { type NotePage, SearchResponse } from './note-page';
import { NoteListItem, NoteResponse } from './note.response';
import { CreateNoteRequest, UpdateNoteRequest } from './note.requests';
import { NotesService } from './notes.service';
import { JSON_PATCH, type NotePatch, NotePatchBody } from './patch/note-patch';
import { PatchOperationRequest } from './patch/patch-operation.request';
import { DeleteNoteQuery } from './trash/delete-note.query';

@ApiTags('notes')
@Controller('notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Post()
  @Idempotent()
  @RequireScope('notes:write')
  @ApiOperation({ summary: 'Make a note or a bookmark' })
  @ApiCreatedResponse({
    type: NoteResponse,
    description: 'The note',
    headers: {
      ...ETAG,
      Location: {
        description: 'Where it is',
        schema: { type: 'string', example: '/api/v1/notes/019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' },
      },
    },
  })
  @DUPLICATE
  @NO_ROOM
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Body() body: CreateNoteRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteResponse> {
    const note = await this.notes.create(user.id, body);
    void reply.header('Location', `/api/v1/notes/${note.id}`);
    return answerNote(reply, note);
  }

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'List, filter and search notes',
    description: 'Paged by cursor; stable while notes are written. `search`, with `q`: how that was understood.',
  })
  @ApiPage(NoteListItem, { search: SearchResponse })
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: ListNotesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotePage> {
    const page = await this.notes.list(user.id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get(':id')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read a note' })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'Entity tags of versions that the caller has',
    schema: { type: 'string', example: '"v1"' },
  })
  @ApiOkResponse({ type: NoteResponse, description: 'The note', headers: ETAG })
  @ApiResponse({ status: 304, description: 'The caller has this version', headers: ETAG })
  @NO_NOTE
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteResponse | undefined> {
    const note = await this.notes.getOwned(user.id, id);
    if (!notModified(ifNoneMatch, note.version)) return answerNote(reply, note);
    void reply.code(304).header('ETag', etagOf(note.version));
    return undefined;
  }

  @Patch(':id')
  @RequireScope('notes:write')
  @ApiOperation({
    summary: 'Change a note',
    description:
      'A JSON merge patch (RFC 7396): null clears a field. Or, as `application/json-patch+json`, a list of at most 1,000 operations (RFC 6902), with `str_ins` and `str_del` for a small change of a long text.',
  })
  @ApiConsumes('application/json', 'application/merge-patch+json', JSON_PATCH)
  @ApiBody({ type: UpdateNoteRequest })
  @ApiExtraModels(PatchOperationRequest)
  @IF_MATCH
  @ApiOkResponse({ type: NoteResponse, description: 'The note as changed', headers: ETAG })
  @NO_NOTE
  @ApiConflictResponse({
    description:
      '`note-in-trash`: restore it first; `duplicate-url`, with `existingId`: a bookmark of this address exists; `patch-test-failed` or `patch-not-applicable`, with `operation`: the note is not as the patch says',
    ...problemWith({ ...EXISTING_ID_MEMBER, operation: { type: 'integer', example: 0 } }),
  })
  @CHANGED
  @NO_ROOM
  @REQUIRED
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @NotePatchBody() patch: NotePatch,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteResponse> {
    return answerNote(reply, await this.notes.update(user, id, patch, ifMatch));
  }

  @Delete(':id')
  @RequireScope('notes:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Move a note to the trash, or delete it for good',
    description:
      'Into the trash, a second time changes nothing. With `permanent`, what is there is gone, with its revisions.',
  })
  @IF_MATCH
  @ApiNoContentResponse({ description: 'The note is in the trash, or gone' })
  @NO_NOTE
  @ApiConflictResponse({ description: '`note-not-in-trash`: only what is there is deleted for good' })
  @CHANGED
  @REQUIRED
  delete(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Query() { permanent }: DeleteNoteQuery,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return permanent === true ? this.notes.remove(user.id, id, ifMatch) : this.notes.trash(user.id, id, ifMatch);
  }

  @Post(':id/restore')
  @Idempotent()
  @RequireScope('notes:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a note out of the trash' })
  @IF_MATCH
  @ApiOkResponse({ type: NoteResponse, description: 'The note', headers: ETAG })
  @NO_NOTE
  @DUPLICATE
  @CHANGED
  @REQUIRED
  async restore(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteResponse> {
    return answerNote(reply, await this.notes.restore(user.id, id, ifMatch));
  }
}

import { Controller, Get, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireScope } from '../../common/access';
import { type AuthenticatedUser, CurrentUser } from '../../common/current-user';
import { CHANGED, ETAG, EXISTING_ID, IF_MATCH, REQUIRED } from '../../common/etag.decorator';
import { linkNext, type Page, PageQuery } from '../../common/page';
import { ApiPage } from '../../common/page.decorator';
import { IdParam } from '../../common/uuid';
import { Idempotent } from '../../idempotency/idempotent';
import { answerNote, NO_NOTE, NO_ROOM } from '../note-answers';
import { NoteResponse } from '../note.response';
import { NotesService } from '../notes.service';
import { DiffQuery } from './diff.query';
import { RevisionDiffResponse, RevisionListItem, RevisionResponse } from './revision.response';
import { VersionParam } from './revision-version';
import { RevisionsService } from './revisions.service';

const NOT_FOUND = ApiNotFoundResponse({ description: 'There is no such note or revision, or it is not yours' });
const VERSION = ApiParam({
  name: 'version',
  description: 'Of the revision',
  schema: { type: 'integer', minimum: 1, example: 3 },
});

@ApiTags('notes')
@Controller('notes/:id/revisions')
export class RevisionsController {
  constructor(
    private readonly revisions: RevisionsService,
    private readonly notes: NotesService,
  ) {}

  @Get()
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'List what a note said before',
    description:
      'Each change of title, body or url keeps the former state, newest first. Edits of one client within a minute keep one.',
  })
  @ApiPage(RevisionListItem)
  @NO_NOTE
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<RevisionListItem>> {
    const page = await this.revisions.list(user.id, id, query);
    linkNext(reply, page.page);
    return page;
  }

  @Get(':version')
  @RequireScope('notes:read')
  @ApiOperation({ summary: 'Read what a note said before' })
  @VERSION
  @ApiOkResponse({ type: RevisionResponse, description: 'The revision' })
  @NOT_FOUND
  async get(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @VersionParam() version: number,
  ): Promise<RevisionResponse> {
    return RevisionResponse.from(await this.revisions.getOwned(user.id, id, version));
  }

  @Get(':version/diff')
  @RequireScope('notes:read')
  @ApiOperation({
    summary: 'Compare a revision with another, or with the note',
    description: 'Line by line, by field and as a unified diff. The version that the note has now may be named, too.',
  })
  @VERSION
  @ApiOkResponse({ type: RevisionDiffResponse, description: 'What became of it' })
  @NOT_FOUND
  @ApiUnprocessableEntityResponse({ description: '`diff-refused`: a text has more than 100,000 lines' })
  compare(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @VersionParam() version: number,
    @Query() query: DiffQuery,
  ): Promise<RevisionDiffResponse> {
    return this.revisions.compare(user.id, id, version, query);
  }

  @Post(':version/restore')
  @Idempotent()
  @RequireScope('notes:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Let a note say again what it said',
    description: 'As a new version; what it says now becomes a revision. Tags, notebook and flags stay.',
  })
  @VERSION
  @IF_MATCH
  @ApiOkResponse({ type: NoteResponse, description: 'The note', headers: ETAG })
  @NOT_FOUND
  @ApiConflictResponse({
    description:
      '`note-in-trash`: restore it first; `duplicate-url`, with `existingId`: a bookmark of this address exists',
    ...EXISTING_ID,
  })
  @CHANGED
  @NO_ROOM
  @REQUIRED
  async restore(
    @CurrentUser() user: AuthenticatedUser,
    @IdParam() id: string,
    @VersionParam() version: number,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NoteResponse> {
    return answerNote(reply, await this.notes.restoreRevision(user.id, id, version, ifMatch));
  }
}

import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../common/problem';
import { MarkdownRenderer } from '../markdown/markdown-renderer';
import { SharePasswordRequiredError, SharePasswordWrongError } from './share-password.errors';
import { passwordForm, type SharePage, sharedNotePage } from './share-page-views';
import { type ShareKey, SharedNotesService } from './shared-notes.service';

/** Shared notes as pages for people. What they have no words for is said by the filter. */
@Injectable()
export class SharePagesService {
  constructor(
    private readonly notes: SharedNotesService,
    private readonly markdown: MarkdownRenderer,
  ) {}

  /** The note, or the form that asks for its password. @throws what `SharedNotesService.open` throws besides; UnavailableError when too many texts wait to be rendered */
  async show(key: ShareKey): Promise<SharePage> {
    try {
      const note = await this.notes.open(key);
      return sharedNotePage(note, note.body === null ? null : await this.markdown.render(note.body));
    } catch (error) {
      if (isAboutPassword(error)) return passwordForm(key.token, error instanceof SharePasswordWrongError);
      throw error;
    }
  }
}

function isAboutPassword(error: unknown): error is ProblemError {
  return error instanceof SharePasswordRequiredError || error instanceof SharePasswordWrongError;
}

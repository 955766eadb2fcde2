import { Injectable } from '@nestjs/common';
import { SignInDelays } from '../../auth/limits/sign-in-delays';
import { verifyPassword } from '../../auth/passwords/passwords';
import type { Client } from '../../common/client';
import { NotFoundError, UnauthorizedError } from '../../common/problem';
import { secretHash } from '../../common/secret-token';
import { Statements } from '../../database/statements';
import { isShareToken } from '../share-token';
import { FIND_SHARED_NOTE, type SharedNoteRow } from '../shares.queries';
import { SharePasswordRequiredError, SharePasswordWrongError } from './share-password.errors';
import { ShareViews } from './share-views';

/** What somebody knows who wants to read a shared note. */
export interface ShareKey {
  token: string;
  password?: string;
  client: Client;
  /** The answer will not have the note: no view of it. */
  headersOnly?: boolean;
}

/** Notes as those read them who have a link. */
@Injectable()
export class SharedNotesService {
  constructor(
    private readonly statements: Statements,
    private readonly delays: SignInDelays,
    private readonly views: ShareViews,
  ) {}

  /**
   * The note that a link leads to; a view of it. Why there is none is not said: no such link ever, revoked, expired, the note in the trash, the account gone.
   * @throws NotFoundError; SharePasswordRequiredError; SharePasswordWrongError; ProblemError `too-many-requests` too soon after wrong passwords,
   * UnavailableError when too many of them wait to be hashed
   */
  async open({ token, password, client, headersOnly = false }: ShareKey): Promise<SharedNoteRow> {
    const [row] = isShareToken(token)
      ? await this.statements.run<SharedNoteRow>(FIND_SHARED_NOTE, [secretHash(token)])
      : [];
    if (row === undefined) throw new NotFoundError('share');
    if (row.password_hash !== null) await this.requirePassword(row.id, row.password_hash, password, client);
    if (!headersOnly) this.views.count(row.id);
    return row;
  }

  /** Wrong ones delay the next, for each share and network apart. */
  private async requirePassword(id: string, hash: string, password: string | undefined, client: Client): Promise<void> {
    if (password === undefined) throw new SharePasswordRequiredError();
    try {
      await this.delays.guess({ target: `share:${id}`, client }, async () => {
        if (!(await verifyPassword(hash, password))) throw new UnauthorizedError('The password is wrong');
      });
    } catch (error) {
      throw error instanceof UnauthorizedError ? new SharePasswordWrongError() : error;
    }
  }
}

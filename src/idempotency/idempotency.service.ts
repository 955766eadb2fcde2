import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { hasCode } from '../common/errors';
import { ConflictError, ProblemError } from '../common/problem';
import { beginShared, sharingTransaction } from '../database/shared-transaction';
import { Statements } from '../database/statements';
import { RETENTION } from './idempotency-retention';

/** A request that its client may repeat. */
export interface KeyedRequest {
  userId: string;
  key: string;
  /** Method and path with its query. */
  target: string;
}

/** What is kept of an answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** As JSON; null when there is none. */
  body: unknown;
}

interface KeptAnswer extends Answer {
  fingerprint: Buffer;
}

/** $1 user, $2 key, $3 fingerprint. Waits for a transaction that has the key; no row comes back when the key has been used and still counts. */
const CLAIM = {
  name: 'claim-idempotency-key',
  text: `
    insert into idempotency_keys as k (user_id, key, fingerprint) values ($1, $2, $3)
    on conflict (user_id, key) do update
    set fingerprint = excluded.fingerprint, status = null, headers = null, body = null, created_at = now()
    where k.created_at <= now() - interval '${RETENTION}'
    returning key`,
};

const FIND = {
  name: 'find-idempotency-key',
  text: 'select fingerprint, status, headers, body from idempotency_keys where user_id = $1 and key = $2',
};

const KEEP = {
  name: 'keep-answer',
  text: `
    update idempotency_keys set status = $3, headers = $4, body = $5
    where user_id = $1 and key = $2 and status is null
    returning key`,
};

/** Ends a handler whose request was answered before. */
class AlreadyAnswered extends Error {
  constructor(readonly answer: Answer) {
    super('This request was answered before');
  }
}

/**
 * Requests that are carried out once, however often they are sent (draft-ietf-httpapi-idempotency-key-header). The key, what the request writes and its answer
 * are one transaction, so that no crash comes between them: either all is there, and is answered again, or nothing is, and is done anew.
 */
@Injectable()
export class IdempotencyService {
  private readonly underWay = new AsyncLocalStorage<KeyedRequest>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {}

  /**
   * Answers by `handle`, or as the first time. A failure is not kept: it has changed nothing, and may have passed by the next time.
   * @param content what tells one request with the key from another; undefined when the handler calls `begin`, since it has yet to receive it
   * @throws ConflictError `request-in-progress`; ProblemError 422 `idempotency-key-reused`; what `handle` throws
   */
  async run(
    request: KeyedRequest,
    content: string | undefined,
    handle: () => Promise<Answer>,
  ): Promise<{ answer: Answer; isReplayed: boolean }> {
    const work = async (): Promise<Answer> => {
      if (content !== undefined) await this.begin(() => Promise.resolve(content));
      const answer = await handle();
      await this.keep(request, answer);
      return answer;
    };
    try {
      const answer = await sharingTransaction(() => this.underWay.run(request, work));
      return { answer, isReplayed: false };
    } catch (error) {
      if (error instanceof AlreadyAnswered) return { answer: error.answer, isReplayed: true };
      throw error;
    }
  }

  /**
   * Begins the transaction of the request under way, once the content is known. Without a key, nothing is done.
   * @throws Error that ends a request which was answered before: let it pass; what `run` says
   */
  async begin(content: () => Promise<string>): Promise<void> {
    const request = this.underWay.getStore();
    if (request === undefined) return;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([request.target, await content()]))
      .digest();
    await beginShared(this.dataSource);
    const kept = await this.claim(request, fingerprint);
    if (kept === undefined) return;
    if (kept.fingerprint.equals(fingerprint)) throw new AlreadyAnswered(kept);
    throw new ProblemError(
      422,
      'idempotency-key-reused',
      'The key belongs to another request',
      'This Idempotency-Key came with another request before: take a new key for a new request',
    );
  }

  /** @returns the answer that there is. */
  private async claim({ userId, key }: KeyedRequest, fingerprint: Buffer): Promise<KeptAnswer | undefined> {
    try {
      const [claimed] = await this.statements.run(CLAIM, [userId, key, fingerprint]);
      if (claimed !== undefined) return undefined;
    } catch (error) {
      // The lock timeout of the connection.
      if (hasCode(error, '55P03')) throw inProgress();
      throw error;
    }
    const [kept] = await this.statements.run<KeptAnswer>(FIND, [userId, key]);
    // It was removed for its age between the two statements.
    if (kept === undefined) throw inProgress();
    return kept;
  }

  private async keep({ userId, key }: KeyedRequest, { status, headers, body }: Answer): Promise<void> {
    const json = body === null ? null : JSON.stringify(body);
    const [kept] = await this.statements.run(KEEP, [userId, key, status, JSON.stringify(headers), json]);
    if (kept === undefined) throw new Error('The handler of a request with a key never began its transaction');
  }
}

function inProgress(): ProblemError {
  return new ConflictError(
    'request-in-progress',
    'A request with this Idempotency-Key is under way: repeat it in a moment',
  );
}

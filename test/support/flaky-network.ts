import type { Answer, Client, RequestOptions } from './client';

/** What happens to a request: it never arrives; its answer is lost; it arrives twice; it is answered by nobody and arrives later, after others. */
export const FAULTS = ['none', 'lost', 'answer-lost', 'twice', 'late'] as const;
export type Fault = (typeof FAULTS)[number];

export class NetworkError extends Error {}

/** Carries requests to a server, each with the next of the given faults; when they are used up, without. */
export class FlakyNetwork {
  private late: (() => Promise<unknown>)[] = [];
  private readonly faults: Fault[];

  constructor(
    private readonly client: Client,
    private readonly token: string,
    faults: readonly Fault[],
  ) {
    this.faults = [...faults];
  }

  /** @throws NetworkError when there is no answer: the server may have carried out the request, or may still. */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const send = (): Promise<Answer<T>> =>
      this.client.request<T>(method, `/api/v1${path}`, { ...options, token: this.token });
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'late') this.late.push(send);
    if (fault === 'lost' || fault === 'late') throw new NetworkError(fault);
    if (fault === 'twice') await send();
    const answer = await send();
    if (fault === 'answer-lost') throw new NetworkError(fault);
    return answer;
  }

  /** What was held up arrives, the last first. */
  async deliverLate(): Promise<void> {
    const late = this.late.toReversed();
    this.late = [];
    for (const send of late) await send();
  }

  /** From now on it works. */
  async repair(): Promise<void> {
    this.faults.length = 0;
    await this.deliverLate();
  }
}

import type { Answer, Client, SignedIn } from './client';
import { readAll } from './client';

export const NOTEBOOKS = '/api/v1/notebooks';

export interface Notebook {
  id: string;
  name: string;
  parentId: string | null;
  noteCount: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** The notebooks of one user, over HTTP. */
export class Notebooks {
  constructor(
    readonly client: Client,
    readonly user: SignedIn,
  ) {}

  /** Any answer; the path follows `/api/v1/notebooks`. */
  send<T = Notebook>(method: string, path: string, body?: unknown, ifMatch?: string): Promise<Answer<T>> {
    const headers = ifMatch === undefined ? undefined : { 'if-match': ifMatch };
    return this.client.request<T>(method, NOTEBOOKS + path, { token: this.user.token, body, headers });
  }

  /** @throws Error when it was not made. */
  async create(name: string, parentId: string | null = null): Promise<Notebook> {
    const answer = await this.send('POST', '', { name, parentId });
    if (answer.status !== 201) throw new Error(`The notebook was not made: ${answer.text}`);
    return answer.body;
  }

  /** Makes notebooks in each other; gives them from the outside in. */
  async createPath(...names: string[]): Promise<Notebook[]> {
    const made: Notebook[] = [];
    for (const name of names) made.push(await this.create(name, made.at(-1)?.id ?? null));
    return made;
  }

  all(limit = 100): Promise<Notebook[]> {
    return readAll<Notebook>(this.client, `${NOTEBOOKS}?limit=${limit}`, this.user.token);
  }

  /** Each notebook as its path and the notes in it, such as `a/b 2`, sorted. */
  async tree(): Promise<string[]> {
    const all = await this.all();
    const byId = new Map(all.map((notebook) => [notebook.id, notebook]));
    const pathOf = ({ name, parentId }: Notebook): string => {
      const parent = byId.get(parentId ?? '');
      return parent === undefined ? name : `${pathOf(parent)}/${name}`;
    };
    return all.map((notebook) => `${pathOf(notebook)} ${notebook.noteCount}`).toSorted();
  }
}

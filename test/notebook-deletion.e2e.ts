import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { finishedJob } from './support/imports';
import { type Notebook, NOTEBOOKS, Notebooks } from './support/notebooks';
import { type Note, Notes, type ProblemBody } from './support/notes';
import { expectProblem } from './support/problems';

let app: TestApp;
let notes: Notes;
let notebooks: Notebooks;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  notes = await Notes.signUp(app.client);
  notebooks = new Notebooks(app.client, notes.user);
});

afterAll(() => app.close());

const sql = <Row extends object>(text: string, values: unknown[] = []) => query<Row>(app.databaseUrl, text, values);
const remove = (notebook: Notebook | undefined, mode: string, ifMatch?: string) =>
  notebooks.send<object>('DELETE', `/${notebook?.id}?notes=${mode}`, undefined, ifMatch);
const restore = async (note: Note): Promise<Note> => (await notes.send('POST', `/${note.id}/restore`)).body;

/** Adds notes without more than they must have. */
async function fill(notebook: Notebook | undefined, count: number): Promise<void> {
  await sql(
    `insert into notes (id, user_id, title, title_key, seq, created_at, updated_at, notebook_id, search)
     select gen_random_uuid(), $1, 'n' || at, 'n' || at, 0, now(), now(), $2, '' from generate_series(1, $3::int) at`,
    [notes.user.userId, notebook?.id, count],
  );
}

/** All sequence numbers of the user's notes and notebooks, and the last one given out. */
async function sequence(): Promise<{ distinct: boolean; highest: number; last: number }> {
  const rows = await sql<{ seq: string }>(
    `select seq from notes where user_id = $1 union all select seq from notebooks where user_id = $1`,
    [notes.user.userId],
  );
  const seqs = rows.map(({ seq }) => Number(seq));
  const [user] = await sql<{ last: string }>(`select change_seq as last from users where id = $1`, [notes.user.userId]);
  return { distinct: new Set(seqs).size === seqs.length, highest: Math.max(...seqs), last: Number(user?.last) };
}

describe('deleting a notebook', () => {
  it('needs to be told what becomes of its notes, and takes If-Match', async () => {
    const notebook = await notebooks.create('a');
    for (const path of ['', '?notes=', '?notes=delete', '?notes=trash&notes=trash']) {
      const answer = await notebooks.send('DELETE', `/${notebook.id}${path}`);
      expectProblem(answer, 400, 'validation-failed', `${NOTEBOOKS}/${notebook.id}`, ['errors']);
    }
    const refused = await remove(notebook, 'trash', '"v2"');
    expectProblem(refused, 412, 'precondition-failed', `${NOTEBOOKS}/${notebook.id}`, ['currentVersion']);
    expect((await remove(notebook, 'trash', '"v1"')).status).toBe(204);
    expect((await remove(notebook, 'trash')).status).toBe(404);
  });

  it('moves notes and notebooks up, those in the trash too', async () => {
    const [outer, inner, innermost] = await notebooks.createPath('outer', 'inner', 'innermost');
    const note = await notes.create({ title: 'x', notebookId: inner?.id });
    const trashed = await notes.create({ title: 'y', notebookId: inner?.id });
    const deep = await notes.create({ title: 'z', notebookId: innermost?.id });
    await notes.trash(trashed.id);
    expect((await remove(inner, 'move-up')).status).toBe(204);
    expect(await notebooks.tree()).toEqual(['outer 1', 'outer/innermost 1']);
    expect(await notes.read(note.id)).toEqual({ ...note, notebookId: outer?.id, version: 2 });
    expect(await notes.read(deep.id)).toEqual(deep);
    expect(await restore(trashed)).toMatchObject({ notebookId: outer?.id });
    expect((await remove(outer, 'move-up')).status).toBe(204);
    expect(await notebooks.tree()).toEqual(['innermost 1']);
    expect((await notes.read(note.id)).notebookId).toBeNull();
    expect(await sequence()).toMatchObject({ distinct: true });
  });

  it('moves a child of its own name up, and refuses to move one beside another of its name', async () => {
    const [a, b] = await notebooks.createPath('a', 'A');
    expect((await remove(a, 'move-up')).status).toBe(204);
    expect(await notebooks.tree()).toEqual(['A 0']);
    const [c] = await notebooks.createPath('c', 'a');
    const answer = await remove(c, 'move-up');
    expectProblem(answer, 409, 'notebook-exists', `${NOTEBOOKS}/${c?.id}`, ['existingId']);
    expect((answer.body as ProblemBody).existingId).toBe(b?.id);
    expect(await notebooks.tree()).toEqual(['A 0', 'c 0', 'c/a 0']);
  });

  it('moves the notes of the whole subtree to the trash, without calling them edited', async () => {
    const [outer, inner, innermost] = await notebooks.createPath('outer', 'inner', 'innermost');
    const note = await notes.create({ url: 'https://example.org/', notebookId: innermost?.id });
    const kept = await notes.create({ title: 'kept', notebookId: outer?.id });
    expect((await remove(inner, 'trash')).status).toBe(204);
    expect(await notebooks.tree()).toEqual(['outer 1']);
    const trashed = await notes.read(note.id);
    expect(trashed).toMatchObject({ notebookId: outer?.id, version: 2, updatedAt: note.updatedAt });
    expect(Date.parse(trashed.deletedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(note.createdAt));
    expect(await notes.read(kept.id)).toEqual(kept);
    const { distinct, highest, last } = await sequence();
    // The last two numbers are those of the two notebooks that are gone.
    expect([distinct, last]).toEqual([true, highest + 2]);
  });

  it('of more notes than are moved at once is a job, which takes what comes in meanwhile along', async () => {
    for (const mode of ['trash', 'move-up']) {
      const [outer, inner] = await notebooks.createPath(`outer ${mode}`, 'inner');
      await fill(inner, 1_000);
      expect((await remove(inner, mode)).status).toBe(204);
      await notebooks.create('inner', outer?.id);
      const again = (await notebooks.all()).find(({ parentId }) => parentId === outer?.id);
      await fill(again, 2_500);
      const answer = (await remove(again, mode)) as Answer;
      expect(answer).toMatchObject({ status: 202, body: { type: 'delete-notebook' } });
      expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${String(answer.body.id)}`);
      const late = await notes.send('POST', '', { title: 'late', notebookId: again?.id });
      expect([201, 400]).toContain(late.status);
      const job = await finishedJob(app.client, notes.user.token, answer);
      const total = 2_500 + (late.status === 201 ? 1 : 0);
      expect(job).toMatchObject({ status: 'completed', progress: { fraction: 1, done: total, total: 2_500 } });
      const [{ live, trashed } = { live: 0, trashed: 0 }] = await sql<{ live: number; trashed: number }>(
        `select count(*) filter (where deleted_at is null)::int as live, count(deleted_at)::int as trashed from notes where notebook_id = $1`,
        [outer?.id],
      );
      expect([mode, live, trashed]).toEqual(mode === 'trash' ? [mode, 0, 1_000 + total] : [mode, 1_000 + total, 0]);
      expect((await notebooks.tree()).filter((path) => path.includes(mode))).toHaveLength(1);
    }
    expect(await sequence()).toMatchObject({ distinct: true });
  });

  it('beside notes that are made in it loses none', async () => {
    for (const mode of ['trash', 'move-up']) {
      const notebook = await notebooks.create(mode);
      const [gone, ...made] = await Promise.all([
        remove(notebook, mode),
        ...Array.from({ length: 6 }, (_, at) => notes.send('POST', '', { title: `${at}`, notebookId: notebook.id })),
      ]);
      expect(gone?.status).toBe(204);
      for (const answer of made as Answer<Note>[]) {
        expect([201, 400]).toContain(answer.status);
        if (answer.status !== 201) continue;
        const { notebookId, deletedAt } = await notes.read(answer.body.id);
        expect([notebookId, deletedAt !== null]).toEqual([null, mode === 'trash']);
      }
    }
  });
});

describe('a note that went to the trash with its notebook', () => {
  it('comes back into its place, which is made again, once for all', async () => {
    const [outer, inner, innermost] = await notebooks.createPath('outer', 'inner', 'Innermost 🍝');
    const [first, second] = [
      await notes.create({ title: '1', notebookId: innermost?.id }),
      await notes.create({ title: '2', notebookId: innermost?.id }),
    ];
    await remove(inner, 'trash');
    await notebooks.send('PATCH', `/${outer?.id}`, { name: 'Outer, renamed' });
    const back = await restore(first);
    expect(await notebooks.tree()).toEqual([
      'Outer, renamed 0',
      'Outer, renamed/inner 0',
      'Outer, renamed/inner/Innermost 🍝 1',
    ]);
    expect(back).toMatchObject({ deletedAt: null, version: 3 });
    expect((await restore(second)).notebookId).toBe(back.notebookId);
    expect(await notes.read(first.id)).toEqual(back);
    expect(await sequence()).toMatchObject({ distinct: true });
  });

  it('finds a notebook that has the name by then', async () => {
    const note = await notes.create({ title: 'x', notebookId: (await notebooks.create('Recipes')).id });
    await remove((await notebooks.all())[0], 'trash');
    const again = await notebooks.create('RECIPES');
    expect((await restore(note)).notebookId).toBe(again.id);
  });

  it('remembers the way when what is around it is deleted later, in either way', async () => {
    const make = async (): Promise<{ path: Notebook[]; note: Note }> => {
      const path = await notebooks.createPath('a', 'b', 'c');
      const note = await notes.create({ title: 'x', notebookId: path[2]?.id });
      await remove(path[2], 'trash');
      return { path, note };
    };
    const first = await make();
    await remove(first.path[0], 'trash');
    expect((await notes.read(first.note.id)).notebookId).toBeNull();
    await restore(first.note);
    expect(await notebooks.tree()).toEqual(['a 0', 'a/b 0', 'a/b/c 1']);
    await remove((await notebooks.all())[0], 'trash');
    const second = await make();
    await remove(second.path[1], 'move-up');
    await restore(second.note);
    expect(await notebooks.tree()).toEqual(['a 0', 'a/c 1']);
  });

  it('goes as deep as there is room', async () => {
    const [b] = await notebooks.createPath('a', 'b', 'c');
    const all = await notebooks.all();
    const note = await notes.create({ title: 'x', notebookId: all.find(({ name }) => name === 'c')?.id });
    await remove(
      all.find(({ name }) => name === 'b'),
      'trash',
    );
    const deep = await notebooks.createPath(...Array.from({ length: 14 }, (_, at) => `${at + 1}`));
    await notebooks.send('PATCH', `/${b?.id}`, { parentId: deep.at(-1)?.id });
    await restore(note);
    expect((await notebooks.tree()).find((path) => path.endsWith(' 1'))).toMatch(/\/14\/a\/b \/ c 1$/);
  });

  it('stays in the trash, and makes nothing, when its address is taken', async () => {
    const url = 'https://example.org/';
    const note = await notes.create({ url, notebookId: (await notebooks.create('a')).id });
    await remove((await notebooks.all())[0], 'trash');
    await notes.create({ url });
    await notes.refusal(409, 'POST', `/${note.id}/restore`);
    expect(await notebooks.tree()).toEqual([]);
    expect((await notes.read(note.id)).deletedAt).not.toBeNull();
  });
});

describe('an account that goes', () => {
  it('takes its notebooks along, in whatever order rows go', async () => {
    const [, inner] = await notebooks.createPath('a', 'b');
    await notes.create({ title: 'x', notebookId: inner?.id });
    await sql(`delete from notebooks where user_id = $1`, [notes.user.userId]);
    await notebooks.createPath('a', 'b');
    await sql(`delete from users where id = $1`, [notes.user.userId]);
    expect(await sql(`select from notebooks where user_id = $1`, [notes.user.userId])).toEqual([]);
    expect((await notebooks.send('POST', '', { name: 'x' })).status).toBe(401);
  });
});

import { PassThrough } from 'node:stream';
import { askForPassword, readPasswordFrom, type Terminal } from './read-password';

/** A terminal at which somebody types; what is shown is kept. */
function terminal(...lines: string[]): Terminal & { shown(): string } {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  let shown = '';
  const output = new PassThrough();
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const line = shown.endsWith(': ') ? lines.shift() : undefined;
    if (line !== undefined) setImmediate(() => input.write(line));
  });
  return { input, output, shown: () => shown };
}

describe('a password at the terminal', () => {
  it('is asked for twice and not shown', async () => {
    const typed = terminal('correct horse batterz\x7fy\r', 'correct horse battery\r');
    expect(await askForPassword(typed)).toBe('correct horse battery');
    expect(typed.shown()).toBe('Password: \nOnce more: \n');
  });

  it('is refused when the two differ', async () => {
    await expect(askForPassword(terminal('correct horse battery\r', 'wrong horse battery\r'))).rejects.toThrow(
      'not the same',
    );
  });

  it('is not there when the user gives up with Ctrl+C', async () => {
    await expect(askForPassword(terminal('corr\x03'))).rejects.toThrow('No password was given');
  });

  it('is not asked for without a terminal', async () => {
    const typed = terminal();
    typed.input.isTTY = false;
    await expect(askForPassword(typed)).rejects.toThrow('--password-stdin');
  });
});

describe('a password from standard input', () => {
  it.each([
    ['one line', 'correct horse battery\n'],
    ['a line as Windows ends it', 'correct horse battery\r\n'],
    ['no line break', 'correct horse battery'],
  ])('is what comes before the end: %s', async (_, text) => {
    const input = new PassThrough();
    input.end(text);
    expect(await readPasswordFrom(input)).toBe('correct horse battery');
  });

  it('keeps letters that come in two pieces', async () => {
    const input = new PassThrough();
    const bytes = Buffer.from('pässword');
    input.write(bytes.subarray(0, 2));
    input.end(bytes.subarray(2));
    expect(await readPasswordFrom(input)).toBe('pässword');
  });
});

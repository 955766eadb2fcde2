/** NUL, which PostgreSQL cannot store, the other C0 controls, and halves of surrogate pairs, which no UTF-8 can carry. */
const UNSTORABLE = /[\p{Cc}\p{Cs}](?<![\n\t\u007f-\u009f])/gu;

export function stripControls(text: string): string {
  return text.replace(UNSTORABLE, '');
}

/** Text of many lines: line ends become LF, control characters go, all else stays as it is. */
export function cleanText(text: string): string {
  return stripControls(text.replace(/\r\n?/g, '\n'));
}

/** What one line may not hold (`textProblem`): control characters and the two overrides of text direction. */
const NOT_IN_ONE_LINE = /[\p{Cc}\p{Cs}\u202d\u202e]/gu;

/** One line: white space of any kind becomes single blanks. Null when nothing is left. */
export function cleanLine(text: string): string | null {
  return text.replace(/\s+/g, ' ').replace(NOT_IN_ONE_LINE, '').trim() || null;
}

/** Cuts to `max` code points, so that no character is torn apart. */
export function cutCodePoints(text: string, max: number): string {
  return text.length <= max ? text : Array.from(text).slice(0, max).join('');
}

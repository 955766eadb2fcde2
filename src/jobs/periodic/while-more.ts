/** Repeats a step of a periodic task as long as it says that there may be more; ends before the next one when `signal` is aborted. */
export async function whileMore(signal: AbortSignal, step: () => Promise<boolean>): Promise<void> {
  let more = true;
  while (more && !signal.aborted) more = await step();
}

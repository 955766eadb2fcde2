import { TestEnvironment } from 'jest-environment-node';

/**
 * Closes the servers that a failed test has left open: they would go on in the worker process, and fail the files after it as well.
 */
export default class ClosingEnvironment extends TestEnvironment {
  async handleTestEvent(event: { readonly name: string }): Promise<void> {
    if (event.name !== 'run_finish') return;
    const open = this.global.openApps as typeof globalThis.openApps;
    await Promise.allSettled([...(open ?? [])].map((close) => close()));
  }
}

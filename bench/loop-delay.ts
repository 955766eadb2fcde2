import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Loaded into the server that is measured (`--require`). From the message `watch` to the message `report` it looks at the event loop every few milliseconds; what it
 * then sends is the 99th percentile of how much later than that it came, in milliseconds.
 */

const RESOLUTION_MS = 5;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
process.on('message', (message) => {
  if (message === 'watch') {
    delay.reset();
    delay.enable();
  } else {
    delay.disable();
    process.send?.(Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS));
  }
});
// Never what keeps the process alive.
process.channel?.unref();

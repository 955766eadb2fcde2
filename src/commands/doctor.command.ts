import { HealthService } from '../health/health.service';
import { withApplication } from './with-application';

/** Checks what the readiness probe checks, and says it in words. Exit code 1 when something is down. */
export async function doctorCommand(): Promise<void> {
  process.stdout.write(`Node ${process.version}: the configuration is usable\n`);
  const results = await withApplication(async (application) => {
    const health = application.get(HealthService, { strict: false });
    return Promise.all([health.database(), health.migrations(), health.queues()]);
  });
  for (const result of results) {
    for (const [name, { status }] of Object.entries(result)) {
      process.stdout.write(`${name}: ${status}\n`);
      if (status !== 'up') process.exitCode = 1;
    }
  }
}

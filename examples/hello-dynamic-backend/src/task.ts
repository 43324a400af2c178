import type { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import type { ThingStore } from './things';

interface Services {
  scheduler: SchedulerService;
  things: ThingStore;
  logger: LoggerService;
}

/**
 * Counts the things every half minute. The scheduler runs it once in all replicas of the portal together, aborts
 * it when the plugin is unloaded, and lets the next version take over.
 */
export async function scheduleCount({ scheduler, things, logger }: Services): Promise<void> {
  await scheduler.scheduleTask({
    id: 'count-things',
    frequency: { seconds: 30 },
    timeout: { seconds: 10 },
    fn: async () => logger.debug(`There are ${await things.count()} things`),
  });
}

import { buildAll } from '../build.mjs';
import { step } from './progress.mjs';

/** Builds what changed, as a step of a script. */
export async function buildStep() {
  await step('Building', async () => {
    const built = await buildAll();
    return built.length > 0 ? built.join(', ') : 'up to date';
  });
}

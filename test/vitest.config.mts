import { defineConfig } from 'vitest/config';

const timing = '**/*.timing.test.ts';
const notOurs = ['**/node_modules/**', 'fixtures/**'];

export default defineConfig({
  test: {
    // Processes are started and stopped by the tests, so each file needs a process of its own.
    pool: 'forks',
    // Portals measure themselves against timeouts: more files at once than cores would make them miss.
    maxWorkers: 2,
    // Runs share no layers unless a test is about that.
    env: { STAGEDOOR_LAYER_CACHE: 'none' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ['support/equality.ts'],
    projects: [
      { extends: true, test: { name: 'suite', include: ['**/*.test.ts'], exclude: [...notOurs, timing] } },
      {
        // After all others and one at a time: what they measure is the machine's for themselves.
        extends: true,
        test: { name: 'timing', include: [timing], exclude: notOurs, sequence: { groupOrder: 1 }, maxWorkers: 1 },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'fixtures/**'],
    // Processes are started and stopped by the tests, so each file needs a process of its own.
    pool: 'forks',
    // Portals measure themselves against timeouts: more files at once than cores would make them miss.
    maxWorkers: 2,
    // Runs share no layers unless a test is about that.
    env: { STAGEDOOR_LAYER_CACHE: 'none' },
    // Against a hang only, as those in support/patience.ts.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ['support/equality.ts'],
  },
});

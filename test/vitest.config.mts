import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'fixtures/**'],
    // Processes are started and stopped by the tests, so each file needs a process of its own.
    pool: 'forks',
    // Portals measure themselves against timeouts: more files at once than cores would make them miss.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

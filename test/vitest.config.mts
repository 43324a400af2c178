import { defineConfig } from 'vitest/config';
import { notRunHere } from './support/programs.mjs';

const { files, lines } = notRunHere();
if (lines.length > 0 && process.env.STAGEDOOR_TEST_PROGRAMS === 'required') throw new Error(lines.join('\n'));
for (const line of lines) process.stderr.write(`${line}\n`);

/** What installs for half an hour runs in full length only: `npm run soak`. */
const installsLong = process.env.SOAK === 'full' ? [] : ['soak/backstageFrontends.test.ts'];

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'fixtures/**', ...files, ...installsLong],
    // Processes are started and stopped by the tests, so each file needs a process of its own.
    pool: 'forks',
    // Tests wait for other processes about half of their time.
    maxWorkers: 4,
    // Runs share no layers unless a test is about that.
    env: { STAGEDOOR_LAYER_CACHE: 'none' },
    // Against a hang only, as those in support/patience.ts.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: ['support/equality.ts'],
  },
});

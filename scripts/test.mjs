// npm test [-- vitest arguments]: installs and builds what is missing, then runs the suite.
import { join } from 'node:path';
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';
import { withoutNpmSettings } from './lib/npmSettings.mjs';
import { directToLoopback } from './lib/proxies.mjs';
import { repository } from './lib/repository.mjs';
import { runInForeground } from './lib/run.mjs';
import { checkTemporaryFolder } from './lib/temporaryFolder.mjs';
import { vitestPlace } from './lib/vitestPlace.mjs';

/** What tests write there at the same time. */
const TEMPORARY_MB = 1000;

await runScript(async () => {
  checkNodeVersion();
  checkTemporaryFolder(TEMPORARY_MB);
  await ensureInstalled({ dev: true });
  await buildStep();
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const place = vitestPlace();
  const filters = process.argv.slice(2);
  if (filters.length === 0) process.stderr.write('Running the suite: usually 10 to 15 minutes on two cores\n');
  const args = ['run', ...place.args, ...filters];
  // Some tests have other users read what they write.
  process.umask(0o022);
  // Vitest keeps a NODE_ENV that it finds.
  const env = { ...withoutNpmSettings(process.env), ...directToLoopback(), NODE_ENV: 'test' };
  try {
    process.exitCode = await runInForeground(process.execPath, [vitest, ...args], { cwd: repository, env });
  } finally {
    place.dispose();
  }
});

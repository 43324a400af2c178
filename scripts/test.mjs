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

await runScript(async () => {
  checkNodeVersion();
  checkTemporaryFolder();
  await ensureInstalled({ dev: true });
  await buildStep();
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const place = vitestPlace();
  const args = ['run', ...place.args, ...process.argv.slice(2)];
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

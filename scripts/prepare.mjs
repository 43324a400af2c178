// npm run build [-- --dev]: installs what running needs, with --dev everything, and builds. For container images and
// deployments; `npm start` and `npm test` do it by themselves.
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';
import { compileForUse } from './lib/sqliteDriver.mjs';

await runScript(async () => {
  checkNodeVersion();
  const dev = process.argv.includes('--dev');
  if (!dev) compileForUse();
  await ensureInstalled({ dev });
  await buildStep();
});

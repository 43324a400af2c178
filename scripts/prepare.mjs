// npm run build [-- --dev]: installs what running needs, with --dev everything, and builds. For container images and
// deployments; `npm start` and `npm test` do it by themselves.
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';

await runScript(async () => {
  checkNodeVersion();
  await ensureInstalled({ dev: process.argv.includes('--dev') });
  await buildStep();
});

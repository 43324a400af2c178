// npm start: installs, builds, exports the hello example, drops it into the portal and starts the portal.
// What is up to date is skipped.
import { join } from 'node:path';
import { startService } from '../examples/plain-service/service.mjs';
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { dropBundle, exportExample } from './lib/exportExample.mjs';
import { runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';
import { checkPortIsFree } from './lib/port.mjs';
import { portalUrl, runPortal } from './lib/portalProcess.mjs';
import { step } from './lib/progress.mjs';
import { readStartOptions, START_HELP } from './lib/startOptions.mjs';
import { checkTemporaryFolder } from './lib/temporaryFolder.mjs';
import { tryIt } from './lib/tryIt.mjs';

const EXAMPLE = 'hello-dynamic-backend';

/** For what is compiled and verified. */
const TEMPORARY_MB = 200;

await runScript(async () => {
  checkNodeVersion();
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(START_HELP);
  await checkPortIsFree(options.port);
  checkTemporaryFolder(TEMPORARY_MB);
  await ensureInstalled({ dev: false });
  await buildStep();
  const rootDirectory = join(options.dir, 'dynamic-plugins-root');
  await step(`Exporting examples/${EXAMPLE}`, async () => {
    const { bundle, ran } = await exportExample(EXAMPLE);
    dropBundle(bundle, rootDirectory, EXAMPLE);
    return ran ? undefined : 'up to date';
  });
  // What the portal's first page calls through the proxy, and directly.
  const service = await startService({ port: 0, allowOrigin: portalUrl(options.port) });
  const run = { ...options, serviceUrl: service.url };
  process.exitCode = await runPortal(run, (url) => process.stdout.write(tryIt(url, rootDirectory)));
  await service.stop();
});

// node scripts/test-on-node.mjs <major> [vitest arguments]: runs the suite on another Node.js.
// In a copy below .cache/ with an install of its own: native packages are built for one Node.js only, and this
// checkout's must stay as they are.
import { delimiter, join } from 'node:path';
import { Failure, runScript } from './lib/failure.mjs';
import { nodeRuntime } from './lib/nodeRuntime.mjs';
import { repository } from './lib/repository.mjs';
import { runInForeground } from './lib/run.mjs';
import { copySources } from './lib/sourceCopy.mjs';

await runScript(async () => {
  const [major, ...args] = process.argv.slice(2);
  if (!/^\d+$/.test(major ?? '')) {
    throw new Failure('Which Node.js?', 'For example: node scripts/test-on-node.mjs 24 e2e/');
  }
  const runtime = await nodeRuntime(major);
  const copy = join(repository, '.cache', `on-node-${major}`);
  copySources(copy);
  process.exitCode = await runInForeground(join(runtime, 'bin/node'), [join(copy, 'scripts/test.mjs'), ...args], {
    cwd: copy,
    env: {
      ...process.env,
      PATH: [join(runtime, 'bin'), process.env.PATH].join(delimiter),
      npm_config_nodedir: runtime,
    },
  });
});

import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

// Node.js resolves links wrongly after the synchronous `stat` of a pipe, see loader/src/patches/realPaths.ts.
test.each(['in-process', 'process'])(
  'A bundle that looks at a pipe before it loads Backstage runs, %s',
  async (isolation) => {
    const pipe = join(await tempDir(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const own = await readFile(join(repository, 'test/fixtures/bundles/greeter/index.cjs'), 'utf8');
    const files = { 'index.cjs': `require('node:fs').lstatSync(${JSON.stringify(pipe)});\n${own}` };
    const backend = await startBackend({
      dynamicPlugins: { isolation },
      before: async (root) => {
        await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { files }), root, 'greeter');
        await dropFolder(await fixtureBundle(await tempDir(), 'es-modules'), root, 'es-modules');
        lstatSync(pipe);
      },
    });
    for (const { name } of await backend.plugins()) await backend.until(name, 'running');
    expect((await backend.plugins()).map(({ name }) => name)).toEqual(['es-modules-dynamic', 'greeter-dynamic']);
  },
);

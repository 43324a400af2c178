// node scripts/test-on-release.mjs [vitest arguments]: runs the loader's tests and the end-to-end ones on the release of Backstage
// before the one of package-lock.json. test/releases/previous.json names its backend packages; all others are as the lockfile has
// them. In a copy below .cache/ with an install of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from './lib/failure.mjs';
import { npm } from './lib/npm.mjs';
import { step } from './lib/progress.mjs';
import { readJson, repository } from './lib/repository.mjs';
import { runInForeground } from './lib/run.mjs';
import { copySources } from './lib/sourceCopy.mjs';

/** What runs where nothing else is asked for. */
const PARTS = ['loader/', 'e2e/'];
/** What is about something that earlier releases do not have: docs/reference/releases.md names it. */
const NEWER = ['**/*[wW]ebSocketRoutes.test.ts', '**/featureLoaderWebSockets.test.ts'];

await runScript(async () => {
  const args = process.argv.slice(2);
  const copy = join(repository, '.cache', 'on-release-previous');
  await step(
    'Installing the release before',
    async () => {
      copySources(copy);
      pin(copy, readJson('test/releases/previous.json'));
      await npm(['install', '--ignore-scripts'], { cwd: copy });
    },
    { usually: '1 to 3 minutes' },
  );
  process.exitCode = await runInForeground(
    process.execPath,
    [
      join(copy, 'scripts/test.mjs'),
      ...(args.length > 0 ? args : PARTS),
      ...NEWER.flatMap((glob) => ['--exclude', glob]),
    ],
    { cwd: copy, env: process.env },
  );
});

/** Has every workspace of the copy ask for the given versions, and takes others out of its lockfile, with what is nested below them. */
function pin(copy, versions) {
  const { workspaces } = readJson('package.json');
  for (const dir of ['.', ...workspaces]) {
    edit(join(copy, dir, 'package.json'), (manifest) => {
      for (const kind of ['dependencies', 'devDependencies']) {
        for (const name of Object.keys(manifest[kind] ?? {}))
          manifest[kind][name] = versions[name] ?? manifest[kind][name];
      }
      if (dir === '.') manifest.overrides = { ...manifest.overrides, ...versions };
    });
  }
  edit(join(copy, 'package-lock.json'), ({ packages }) => {
    for (const path of Object.keys(packages)) {
      const names = [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
      if (names.some((name) => versions[name] !== undefined)) delete packages[path];
    }
  });
}

function edit(file, change) {
  const value = JSON.parse(readFileSync(file, 'utf8'));
  change(value);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

// npm run version-packages: turns the changesets into versions and changelogs, here and in package-lock.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, runScript } from './lib/failure.mjs';
import { npmOutput } from './release/npm.mjs';
import { readJson, repository } from './lib/repository.mjs';
import { runInForeground } from './lib/run.mjs';
import { step } from './lib/progress.mjs';

await runScript(async () => {
  const changeset = join(repository, 'node_modules/@changesets/cli/bin.js');
  const code = await runInForeground(process.execPath, [changeset, 'version'], { cwd: repository });
  if (code !== 0) throw new Failure('`changeset version` failed.', 'Read the lines above; nothing else was changed.');
  const changed = pinSiblings();
  if (changed.length > 0) process.stdout.write(`Siblings pinned in ${changed.join(', ')}\n`);
  await step('Updating package-lock.json', async () => {
    await npmOutput(['install', '--package-lock-only', '--ignore-scripts'], { cwd: repository });
  });
});

/** Changesets leave the packages alone that are not published; those name their siblings by exact version, too. */
function pinSiblings() {
  const folders = readJson('package.json').workspaces;
  const versions = new Map(
    folders.map((folder) => readJson(folder, 'package.json')).map((pkg) => [pkg.name, pkg.version]),
  );
  return folders.filter((folder) => {
    const file = join(repository, folder, 'package.json');
    const text = readFileSync(file, 'utf8');
    const manifest = JSON.parse(text);
    for (const kind of ['dependencies', 'devDependencies']) {
      for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
        if (versions.has(name) && /^\d/.test(range)) manifest[kind][name] = versions.get(name);
      }
    }
    const pinned = `${JSON.stringify(manifest, null, 2)}\n`;
    if (pinned !== text) writeFileSync(file, pinned);
    return pinned !== text;
  });
}

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from './failure.mjs';
import { repository } from './repository.mjs';

/** Vite takes paths of modules for URLs, and entries of its configuration for globs. */
const INTERPRETED = /[#?%*]/;

/**
 * Arguments with which Vitest finds the suite, whatever the path of the checkout, and what to call at its end. Where Vite would
 * read something else into that path, it sees the suite through a link.
 */
export function vitestPlace() {
  if (!INTERPRETED.test(repository)) return { args: ['--root', join(repository, 'test')], dispose: () => {} };
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((dir) => !INTERPRETED.test(dir) && existsSync(dir));
  if (!parent) {
    throw new Failure(
      'Vitest cannot run in a folder whose path has one of # ? % * in it, nor through a link in such a temporary folder.',
      'Set TMPDIR to a folder without these characters in its path.',
    );
  }
  const dir = mkdtempSync(join(parent, 'stagedoor-suite-'));
  const link = join(dir, 'stagedoor');
  symlinkSync(repository, link, 'dir');
  const config = '.cache/vitest.config.mjs';
  mkdirSync(join(repository, '.cache'), { recursive: true });
  writeFileSync(join(repository, config), configuration(link));
  return {
    args: ['--root', join(link, 'test'), '--config', join(link, config)],
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function configuration(link) {
  const imports = pathToFileURL(join(link, 'scripts/lib/vitestImports.mjs')).href;
  return `import config from '../test/vitest.config.mts';
export default {
  ...config,
  resolve: { ...config.resolve, preserveSymlinks: true },
  test: { ...config.test, execArgv: ['--import', ${JSON.stringify(imports)}] },
};
`;
}

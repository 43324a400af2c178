import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { npm } from './npm.mjs';
import { step } from './progress.mjs';
import { repository } from './repository.mjs';

/** Node.js versions that the suite can be run on, by major: of the package `node-<platform>-<arch>`. */
const versions = { 20: '20.20.2', 22: '22.23.1', 24: '24.21.0', 26: '26.12.1' };

/**
 * A Node.js of that major version, from the npm registry: the folder that holds bin/node and include/node. Installed
 * below .cache/ once.
 */
export async function nodeRuntime(major) {
  const version = versions[major];
  if (!version) {
    throw new Failure(`There is no pinned Node.js ${major}.`, `Choose one of ${Object.keys(versions).join(', ')}.`);
  }
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(repository, '.cache/node', version);
  const runtime = join(prefix, 'node_modules', name);
  if (!existsSync(join(runtime, 'bin/node'))) {
    await step(`Installing Node.js ${version}`, async () => {
      // Without a folder that is there, npm takes the nearest package.json above it.
      mkdirSync(prefix, { recursive: true });
      await npm(['install', '--prefix', prefix, '--no-save', '--ignore-scripts', `${name}@${version}`], {
        cwd: prefix,
      });
    });
  }
  return runtime;
}

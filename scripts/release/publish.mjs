import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { repository } from '../lib/repository.mjs';
import { runInForeground } from '../lib/run.mjs';
import { npmOutput } from './npm.mjs';

/** Throws if versions are not what the changes ask for, or the archives would hold what is not committed. */
export function assertReleasable() {
  const pending = readdirSync(join(repository, '.changeset')).filter((name) => /^(?!README).*\.md$/.test(name));
  if (pending.length > 0) {
    throw new Failure(
      `Cannot release: ${pending.length} changesets are not in a version yet (${pending.join(', ')}).`,
      'Run `npm run version-packages` and commit what it changes.',
    );
  }
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: repository, encoding: 'utf8' }).trim();
  if (changed) throw new Failure(`Cannot release what is not committed:\n${changed}`, 'Commit or remove these files.');
}

/**
 * Publishes the archives one after the other, those that others depend on first, and leaves out versions that the
 * registry has: after a failure, the same command continues. Registry and token are those that npm is set up for.
 */
export async function publishAll(packed) {
  for (const { name, version, file } of packed) {
    if (await isPublished(name, version)) {
      process.stdout.write(`${name}@${version} is published already\n`);
      continue;
    }
    await npmOutput(['publish', file, ...publishOptions(version)], { settings: true });
    process.stdout.write(`Published ${name}@${version}\n`);
  }
}

/** Prints the tags in the form that the release workflow makes releases of. */
export async function tagAll() {
  const changeset = join(repository, 'node_modules/@changesets/cli/bin.js');
  const code = await runInForeground(process.execPath, [changeset, 'tag'], { cwd: repository });
  if (code !== 0) throw new Failure('The versions are published, but not tagged.', 'Run `npx changeset tag`.');
}

function publishOptions(version) {
  // Only a run of GitHub Actions or GitLab CI can prove where it was built.
  const canProve = Boolean(process.env.ACTIONS_ID_TOKEN_REQUEST_URL || process.env.SIGSTORE_ID_TOKEN);
  return [
    '--access',
    'public',
    ...(version.includes('-') ? ['--tag', 'next'] : []),
    ...(canProve ? ['--provenance'] : []),
  ];
}

async function isPublished(name, version) {
  try {
    return (await npmOutput(['view', `${name}@${version}`, 'version'], { settings: true })).trim() === version;
  } catch (error) {
    if (error.message.includes('E404')) return false;
    throw error;
  }
}

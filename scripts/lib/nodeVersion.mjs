import { Failure } from './failure.mjs';
import { readJson } from './repository.mjs';

/** Throws a Failure unless this Node.js is in the `engines` range: caret ranges joined by `||`. */
export function checkNodeVersion(version = process.versions.node) {
  const range = readJson('package.json').engines.node;
  const have = version.split('.').map(Number);
  const satisfied = range.split('||').some((part) => {
    const want = part.trim().replace(/^\^/, '').split('.').map(Number);
    return have[0] === want[0] && (have[1] > want[1] || (have[1] === want[1] && have[2] >= want[2]));
  });
  if (!satisfied) {
    throw new Failure(
      `Stagedoor needs Node.js ${range}; this is ${version}.`,
      'Install Node.js 24 from https://nodejs.org, or run `nvm install 24`.',
    );
  }
}

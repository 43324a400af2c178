// Runs before anything else, also on a Node.js that cannot parse what comes after it: old syntax, and no dependency but semver.
const satisfies = require('semver/functions/satisfies');
const range = require('../package.json').engines.node;

if (!satisfies(process.versions.node, range)) {
  process.stderr.write(
    `error NODE_UNSUPPORTED: Stagedoor needs Node.js ${range}; this is ${process.versions.node}.\n` +
      'hint: Install Node.js 24 from https://nodejs.org, or run `nvm install 24`.\n',
  );
  process.exit(1);
}

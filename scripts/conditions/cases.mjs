/** Tests that pass paths to interpreters. */
const OF_PATHS = ['cli/sign', 'cli/exportPlaces', 'cli/oddPaths', 'loader/oddPaths', 'soak/manyPlugins'];

/**
 * What a clone may meet, and what `npm start` and `npm test` do there: they work, or they end with one message. Each case is
 * tried by scripts/conditions.mjs; docs/reference/machines.md shows them.
 *
 * - `machine`: the conditions, as a row of that page says them.
 * - `folder`: where the checkout lies, below a new folder. `linked`: it is entered through a symbolic link. `closed`: nobody but
 *   its owner may enter the folder above it.
 * - `user`: `plain` has no rights of root. `umask`, `env`: of the commands; undefined removes a variable.
 * - `tmp`: `odd` (a folder with such a name, on a file system of its own), `small` (of 1 MB), `absent`.
 * - `without`: programs and folders that are not there. `taken`: ports that something listens on.
 * - `rebuild`: everything is built and exported anew. `fresh`: nothing is installed, nothing is built. `interrupted`: Ctrl-C
 *   after some seconds of a first `npm start`.
 * - `again`: `npm start` has been run before. `twice`: two clones do the same at the same time.
 * - `node`: the major version of another Node.js, tried with `--full` only. `long`: `npm test` is tried with `--full` only.
 * - `tests`: other test files than the usual few.
 * - `start`, `test`: a part of the message to end with; without it the command works. `says`: patterns of what they write.
 */
export const CASES = [
  {
    machine:
      'a path with spaces, `#`, `%`, quotes and an umlaut, below a link, in a folder of mode 0700; a plain user, umask 077',
    folder: `a "clone" of 'mine' #1 100% für $HOME & (x)`,
    linked: true,
    closed: true,
    user: 'plain',
    umask: '077',
    rebuild: true,
    tests: OF_PATHS,
  },
  {
    machine: 'the same path, root, `NODE_ENV=production`, `CI` set',
    folder: `a "clone" of 'mine' #1 100% für $HOME & (x)`,
    linked: true,
    closed: true,
    env: { NODE_ENV: 'production', CI: 'true' },
    rebuild: true,
  },
  {
    machine: 'settings of npm: `omit=dev`, `ignore-scripts`, `loglevel=silent`; proxies that do not answer',
    env: {
      npm_config_omit: 'dev',
      npm_config_ignore_scripts: 'true',
      npm_config_loglevel: 'silent',
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
      NO_PROXY: undefined,
      no_proxy: undefined,
      NODE_USE_ENV_PROXY: '1',
    },
  },
  {
    machine: 'no git, curl, Chromium, PostgreSQL, OpenSSL, container registry or skopeo; `CI` not set',
    without: ['git', 'curl', 'chromium', 'openssl', 'docker-registry', 'skopeo', '/usr/lib/postgresql'],
    env: { CI: undefined, STAGEDOOR_TEST_PROGRAMS: undefined },
    says: { test: /curl is not installed \(apt-get install curl\): \d+ test files? not run/ },
  },
  {
    machine: 'port 7007 is taken',
    taken: [7007],
    defaultPort: true,
    start: 'Port 7007 cannot be listened on (EADDRINUSE)',
  },
  { machine: 'port 9000 is taken', taken: [9000] },
  { machine: '`TMPDIR` is on another file system, in a path with spaces', tmp: 'odd' },
  { machine: '`TMPDIR` is too small', tmp: 'small', start: 'temporary folder', test: 'temporary folder' },
  { machine: '`TMPDIR` is not there', tmp: 'absent', start: 'temporary folder', test: 'temporary folder' },
  { machine: 'a second run', again: true, says: { start: /Building: up to date/, test: /Building: up to date/ } },
  { machine: 'two clones at once', twice: true },
  {
    machine: 'a first run that was interrupted while it installed; a plain user, umask 077, `NODE_ENV=production`',
    fresh: true,
    interrupted: true,
    long: true,
    user: 'plain',
    umask: '077',
    env: { NODE_ENV: 'production' },
  },
  { machine: 'Node.js 22', node: '22', fresh: true },
  { machine: 'Node.js 24', node: '24', fresh: true },
  { machine: 'Node.js 26', node: '26', fresh: true },
];

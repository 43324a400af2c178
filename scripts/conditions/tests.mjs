import { faultOf, observe, signalGroup } from './ended.mjs';

/** Tests that meet what cases are about: paths, users, shells, children with their own environment, the portal, packages. */
const SHORT = [
  'cli/exportPlaces',
  'cli/sign',
  'cli/oddPaths',
  'loader/oddPaths',
  'scripts/start',
  'portal/commandLine',
  'soak/manyPlugins',
];

const LIMIT_MS = 300_000;

/** A short `npm test`; what was not as expected. */
export async function testsPass(start, each) {
  const child = start('npm', 'test', '--', ...(each.tests ?? SHORT));
  const { output, ended } = observe(child);
  const killing = setTimeout(() => signalGroup(child, 'SIGKILL'), LIMIT_MS);
  const exit = await ended;
  clearTimeout(killing);
  return faultOf('npm test', exit, output(), each.test, each.says?.test);
}

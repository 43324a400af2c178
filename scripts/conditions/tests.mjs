import { faultOf, observe, signalGroup } from './ended.mjs';

/** The command line in processes of its own, and a portal that is asked from outside. */
const SHORT = ['cli/sign', 'portal/threeWays'];

const LIMIT_MS = 900_000;

/** A short `npm test`; what was not as expected. */
export async function testsPass(start, each) {
  const child = start('npm', 'test', '--', ...(each.tests ?? SHORT));
  const { output, ended } = observe(child);
  const killing = setTimeout(() => signalGroup(child, 'SIGKILL'), LIMIT_MS);
  const exit = await ended;
  clearTimeout(killing);
  return faultOf('npm test', exit, output(), each.test, each.says?.test);
}

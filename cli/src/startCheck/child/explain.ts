import type { Failure, ThrownFacts } from '../messages';
import { errorChain, firstLine, type Thrown } from './errorChain';
import { missingModule } from './missingModule';
import { unreadableFile } from './unreadableFile';
import { ownPlace, withoutDir } from './place';

// better-sqlite3 of the CLI built for another Node.js, or not built: no fault of the plugin that asked for a database.
const DRIVER_BROKEN =
  /better[-_]sqlite3[^]*NODE_MODULE_VERSION|Could not locate the bindings file[^]*better[-_]sqlite3/;

const TYPESCRIPT_HINT = `Node.js ${process.versions.node} does not run TypeScript: publish that file as JavaScript.`;

/** When, and in what, something was thrown. */
export interface Circumstance {
  /** Package name of the bundle. */
  name: string;
  bundleDir: string;
  /** The code of whatever is not a missing module. */
  otherwise: 'LOAD_FAILED' | 'REGISTER_FAILED' | 'INIT_FAILED';
  /** How the sentence begins, e.g. `The init of plugin 'x' failed`. */
  what: string;
}

/** A thrown value as a coded failure that says where in the bundle it came from. */
export function explain(thrown: unknown, { name, bundleDir, otherwise, what }: Circumstance): Failure {
  const chain = errorChain(thrown);
  const place = chain.map((error) => ownPlace(error, bundleDir)).find((found) => found !== undefined);
  const cause = {
    message: withoutDir(chain[0]!.message ?? '', bundleDir),
    ...(chain[0]!.stack && { stack: withoutDir(chain[0]!.stack, bundleDir) }),
  };
  for (const error of chain) {
    const missing = missingModule(error, { name, bundleDir, place });
    if (missing) return { ...missing, cause: { ...cause, missing: missing.details.missing } };
  }
  if (chain.some(({ message }) => DRIVER_BROKEN.test(message ?? ''))) {
    const message = `The database driver of the test host does not load: ${firstLine(chain.at(-1)!)}`;
    return { code: 'VERIFY_FAILED', message, hint: 'Run `npm rebuild better-sqlite3`.', cause };
  }
  const unreadable = unreadableFile(chain);
  const parsed = unreadable === undefined ? '' : `${withoutDir(unreadable, bundleDir)} cannot be read: `;
  const reason = parsed + (withoutDir(firstLine(chain[0]!), bundleDir) || 'no message');
  return {
    code: otherwise,
    message: `${what}: ${reason}${place ? `, at ${place}` : ''}.`,
    ...(place && { details: { place } }),
    ...(unreadable && /\.[cm]?tsx?$/.test(unreadable) && { hint: TYPESCRIPT_HINT }),
    cause,
    thrown: factsOf(chain),
  };
}

function factsOf(chain: readonly Thrown[]): ThrownFacts | undefined {
  return chain.reduceRight<ThrownFacts | undefined>((cause, { name, code, message }) => {
    return { name, code: code && String(code), message, ...(cause && { cause }) };
  }, undefined);
}

import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Script } from 'node:vm';
import { patchProperty, type Patch } from './patchProperty';

type Extension = (module: NodeModule, filename: string) => void;
const extensions = (Module as unknown as { _extensions: Record<'.js', Extension> })._extensions;

const prepared = new Map<string, () => Script>();

/**
 * Makes the next `require` of `file`, an absolute path, run the result of `compile` instead of reading and compiling the
 * file.
 */
export function prepareScript(file: string, compile: () => Script): void {
  prepared.set(file, compile);
}

/** Reverts {@link prepareScript} for a file that was not required. */
export function forgetScript(file: string): void {
  prepared.delete(file);
}

/** Makes `require` look for prepared scripts; every other module goes to Node. */
export function patchExtensions(): Patch {
  const layer =
    (next: Extension): Extension =>
    (module, filename) => {
      const compile = prepared.get(filename);
      prepared.delete(filename);
      const script = compile && compiled(compile);
      if (!script) return next(module, filename);
      const run = script.runInThisContext() as (this: unknown, ...variables: unknown[]) => void;
      run.call(module.exports, module.exports, createRequire(filename), module, filename, dirname(filename));
    };
  return patchProperty(extensions, '.js', layer);
}

/** Undefined for anything but a CommonJS script: Node.js reports the reason, or handles the file itself. */
function compiled(compile: () => Script): Script | undefined {
  try {
    return compile();
  } catch {
    return undefined;
  }
}

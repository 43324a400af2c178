import module from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { deniedError } from './denied';
import { lock } from './lock';
import { apply, construct, getPrototypeOf, setPrototypeOf } from './primordials';

const HARMLESS_FLAG = /^--expose[-_]gc$/;
/** Index of compiled code in the arguments of the constructor behind `vm.Script`. */
const COMPILED_CODE = 4;
/** `constants.compileCacheStatus.DISABLED` of node:module. */
const COMPILE_CACHE_DISABLED = 3;

type Constructor = new (...args: unknown[]) => object;

/**
 * Closes bypasses of JavaScript itself: flags that expose V8's internals, compiled code that V8 does not verify, threads for
 * module hooks, and files that Node writes without checking its permission model.
 */
export function guardEngine(): void {
  const refuse = (what: string) =>
    function refused() {
      throw deniedError(`${what} is not available in a confined process.`);
    };
  const { setFlagsFromString } = v8;
  const isHarmless = HARMLESS_FLAG.exec.bind(HARMLESS_FLAG);
  lock(v8, 'setFlagsFromString', function setFlags(flags: unknown) {
    const text = `${flags as string}`;
    if (isHarmless(text) === null) throw deniedError('A confined process sets no flags of V8.');
    return apply(setFlagsFromString, v8, [text]);
  });
  lock(v8, 'setHeapSnapshotNearHeapLimit', refuse('v8.setHeapSnapshotNearHeapLimit'));
  // Other threads do not have it.
  if (isMainThread) lock(process.getBuiltinModule('node:trace_events'), 'createTracing', refuse('trace_events'));
  lock(module, 'register', refuse('module.register'));
  if ('enableCompileCache' in module) {
    lock(module, 'enableCompileCache', () => ({ status: COMPILE_CACHE_DISABLED }));
  }
  const sqlite = process.getBuiltinModule('node:sqlite') as object | undefined;
  if (sqlite) for (const name of ['DatabaseSync', 'backup']) lock(sqlite, name, refuse('node:sqlite'));
  guardScripts();
}

/** Compiles each script from its source: a cache of compiled code could hold anything. */
function guardScripts(): void {
  const raw = getPrototypeOf(vm.Script) as Constructor;
  const Script = function ContextifyScript(this: object, ...args: unknown[]) {
    args[COMPILED_CODE] = undefined;
    return construct(raw, args, new.target!);
  };
  Script.prototype = raw.prototype as object;
  setPrototypeOf(vm.Script, Script);
  lock(raw.prototype as object, 'constructor', Script);
  const { compileFunction } = vm;
  lock(vm, 'compileFunction', function compile(code: unknown, params: unknown, options: unknown) {
    const given = { ...(options as object | undefined), cachedData: undefined };
    return apply(compileFunction, vm, [code, params, given]);
  });
}

import Module from 'node:module';
import type { Thrown } from './errorChain';

const files = new WeakMap<object, string>();

interface LoadableModule {
  load(this: Module, file: string): void;
}

/**
 * Has {@link unreadableFile} know, for the life of the process, which file Node.js could not parse: its SyntaxError says so only
 * where the file is CommonJS for certain.
 */
export function noteUnreadableFiles(): void {
  const prototype = Module.prototype as unknown as LoadableModule;
  const { load } = prototype;
  prototype.load = function noted(file) {
    try {
      load.call(this, file);
    } catch (error) {
      if (error instanceof SyntaxError && !files.has(error)) files.set(error, file);
      throw error;
    }
  };
}

/** The file that Node.js could not parse, where one of the errors is about that. */
export function unreadableFile(chain: readonly Thrown[]): string | undefined {
  return chain.map((error) => files.get(error)).find((file) => file !== undefined);
}

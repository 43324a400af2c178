import { isAbsolute } from 'node:path';
import type { StatsModule } from '@rspack/core';

/** The file that an identifier of Rspack's means, e.g. `loader!/x/a.ts?query` or `kind|/x/a.ts|hash`; undefined for what Rspack itself made. */
export function moduleFile(identifier: string): string | undefined {
  const request = withoutEscapes(identifier.slice(identifier.lastIndexOf('!') + 1));
  return request
    .split('|')
    .map((part) => part.split('?')[0]!)
    .find((part) => isAbsolute(part));
}

/** Rspack puts a zero-width space before each # that is part of a path, in some of what it writes. */
export function withoutEscapes(text: string): string {
  return text.replaceAll('\u200b#', '#');
}

/** Every module that has a place in the output, those that were joined into one of them included. */
export function outputModules(modules: readonly StatsModule[]): StatsModule[] {
  return modules.filter(({ orphan }) => orphan !== true).flatMap((module) => module.modules ?? [module]);
}

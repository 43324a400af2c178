import { isStagedoorError, rephraseError } from '@stagedoor/bundle';
import type { ListedPlugin } from './list/readPluginList';

/** How the work on one plugin ended. */
export type Outcome<T> = { plugin: ListedPlugin; value: T } | { plugin: ListedPlugin; error: unknown };

/** Runs `work`; what it throws becomes part of the outcome, so that the work on other plugins comes to its own end. */
export async function outcomeOf<T>(plugin: ListedPlugin, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { plugin, value: await work() };
  } catch (error) {
    return { plugin, error };
  }
}

/**
 * The values of all outcomes, in order. Throws the error of the plugin that failed, with its place in the list; of several,
 * the first with the others in its message and in `details.errors`. Errors without a code are thrown unchanged.
 */
export function valuesOf<T>(outcomes: ReadonlyArray<Outcome<T>>): T[] {
  const faults = outcomes.flatMap((outcome) => {
    if (!('error' in outcome)) return [];
    const { plugin, error } = outcome;
    if (!isStagedoorError(error)) throw error;
    return [{ error, text: `${plugin.where}: ${plugin.package}: ${error.message}` }];
  });
  const [first] = faults;
  if (first) {
    const errors = faults.map(({ error, text }) => ({ code: error.code, message: text }));
    throw rephraseError(first.error, faults.map(({ text }) => text).join('\n'), faults.length > 1 ? { errors } : {});
  }
  return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
}

import { closest, distance } from 'fastest-levenshtein';

/** What a command line may contain at one place. */
export interface Accepted {
  /** Commands, or the actions of a command; empty where other words are arguments. */
  words: readonly string[];
  /** Options without their dashes, as `--help` shows them. */
  options: readonly string[];
}

/** `Did you mean …?` for each option of `argv` that is not accepted, and for its first word; empty if nothing is similar. */
export function suggestionsFor(argv: readonly string[], { words, options }: Accepted): string[] {
  const found = argv.flatMap((part) => {
    const [, name] = /^--([^=]+)/.exec(part) ?? [];
    if (name === undefined) return [];
    const shown = nearest(name, options);
    return shown === undefined ? [] : [`--${shown}`];
  });
  const word = argv.find((part) => !part.startsWith('-'));
  const similar = word === undefined ? undefined : nearest(word, words);
  return [...(similar === undefined ? [] : [similar]), ...found].map((name) => `Did you mean ${name}?`);
}

/** The accepted name most like `name`; undefined if that is accepted itself, or none is similar. */
function nearest(name: string, accepted: readonly string[]): string | undefined {
  if (accepted.length === 0 || accepted.includes(name)) return undefined;
  const found = closest(name, accepted);
  return distance(name, found) <= Math.ceil(name.length / 3) ? found : undefined;
}

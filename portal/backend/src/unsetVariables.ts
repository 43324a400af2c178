import { readFileSync } from 'node:fs';

/** Backstage's substitution; `$${` is its escape, and `${NAME:-default}` needs no variable. */
const REFERENCE = /(?<!\$)\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}/g;

/**
 * Names of the environment variables that config files refer to and that are not set, sorted. Backstage leaves such
 * a value out without a word, which is right for optional ones and puzzling for the others.
 */
export function unsetVariables(configFiles: string[], env: NodeJS.ProcessEnv): string[] {
  const names = configFiles.flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    const text = lines.filter((line) => !line.trimStart().startsWith('#')).join('\n');
    return [...text.matchAll(REFERENCE)].flatMap((match) => match[1] ?? []);
  });
  return [...new Set(names)].filter((name) => env[name] === undefined).sort();
}

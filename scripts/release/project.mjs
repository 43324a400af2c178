import { readFileSync } from 'node:fs';
import { Failure } from '../lib/failure.mjs';

const KEYS = ['repository', 'homepage', 'bugs'];

/** An address with a placeholder, `<owner>` for example. */
const PLACEHOLDER = /<[^>]*>/;

/**
 * Where the project lives, from a JSON file with the https addresses `repository`, `homepage` and `bugs`. `unset` names
 * those that still hold a placeholder; they are not among the others.
 */
export function readProject(file) {
  const found = JSON.parse(readFileSync(file, 'utf8'));
  const unset = KEYS.filter((key) => !found[key] || PLACEHOLDER.test(found[key]));
  const project = Object.fromEntries(KEYS.filter((key) => !unset.includes(key)).map((key) => [key, found[key]]));
  for (const [key, address] of Object.entries(project)) {
    if (!/^https:\/\/[^/]+\/./.test(address)) {
      throw new Failure(`${file}: "${key}" is not an https address: ${address}`, 'Write it as https://host/path.');
    }
  }
  return { ...project, unset };
}

/** Throws unless every address is set. */
export function assertProjectIsSet({ unset }, file) {
  if (unset.length === 0) return;
  throw new Failure(
    `Cannot release: ${file} does not say where the project lives. Not set: ${unset.join(', ')}.`,
    'Replace <owner> and <repository> there. npm shows these addresses, and provenance is checked against the repository.',
  );
}

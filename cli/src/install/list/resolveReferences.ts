import { redactAddress } from '@stagedoor/bundle';
import { referencesUnresolved } from '../errors';
import { isEnabled, type Entry } from './entry';
import { formOf, parseOciText, type OciText } from './packageText';

/** An included entry that a reference may mean. */
interface Candidate {
  entry: Entry;
  image: OciText;
}

/**
 * Replaces `{{inherit}}` and `ref://<image name>` in the entries of the main file by the image with tag or digest of the one
 * included entry that they mean. `{{inherit}}` means entries of exactly that image or, where there are none, those whose
 * image has the same last segment, whatever its registry; `ref://` knows the last segment alone. A path of `{{inherit}}` selects
 * among entries of one image, or replaces the path of the only version. References of disabled entries that mean nothing
 * or several things are left out, with one of `warnings` each; others throw PLUGIN_REFERENCE_UNRESOLVED, which names every
 * entry that is meant. Included entries that are references are left out or refused by the same rule.
 */
export function resolveReferences(
  included: readonly Entry[],
  main: readonly Entry[],
  warnings: string[],
): { included: Entry[]; main: Entry[] } {
  const faults: string[] = [];
  const refuse = (entry: Entry, fault: string): Entry[] => {
    const text = `${entry.where}: ${redactAddress(entry.package)} ${fault}`;
    if (isEnabled(entry)) faults.push(text);
    else warnings.push(`${text}; it is disabled and left out.`);
    return [];
  };
  const plain = included.flatMap((entry) =>
    isReference(entry) ? refuse(entry, 'is used in an included file') : [entry],
  );
  const candidates = candidatesOf(plain);
  const resolved = main.flatMap((entry) => {
    if (!isReference(entry)) return [entry];
    const meant = meaningOf(entry.package, candidates);
    return typeof meant === 'string' ? [{ ...entry, package: meant }] : refuse(entry, meansText(meant));
  });
  if (faults.length > 0) throw referencesUnresolved(faults);
  return { included: plain, main: resolved };
}

function isReference({ package: text }: Entry): boolean {
  return formOf(text) === 'ref' || parseOciText(text)?.inherit === true;
}

/** Entries with an image, one for each image and path: enabled ones win over disabled ones, as they do when levels are merged. */
function candidatesOf(included: readonly Entry[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const entry of included) {
    const image = parseOciText(entry.package);
    if (!image) continue;
    const key = `${image.image}!${image.path ?? ''}`;
    const other = found.get(key);
    if (!other || (isEnabled(entry) && !isEnabled(other.entry))) found.set(key, { entry, image });
  }
  return [...found.values()];
}

/** The package that a reference stands for, or the entries that it means if these are none or several. */
function meaningOf(text: string, candidates: readonly Candidate[]): string | Candidate[] {
  const wanted = parseOciText(text);
  const exact = wanted ? candidates.filter(({ image }) => image.image === wanted.image) : [];
  const name = wanted ? lastSegment(wanted.image) : text.slice('ref://'.length);
  const found = exact.length > 0 ? exact : candidates.filter(({ image }) => lastSegment(image.image) === name);
  const path = wanted?.path;
  if (path === undefined) return found.length === 1 ? textOf(found[0]!.image) : found;
  const selected = found.filter(({ image }) => image.path === path);
  if (selected.length === 1) return textOf(selected[0]!.image);
  if (selected.length > 1) return selected;
  // No entry has that path: it is taken from the one image, in its one version, that all of them are of.
  const versions = new Set(found.map(({ image }) => `${image.image}${image.version}`));
  return versions.size === 1 ? `${[...versions][0]!}!${path}` : found;
}

function meansText(found: readonly Candidate[]): string {
  const what = found.length === 0 ? 'matches no included entry' : `matches ${found.length} included entries:`;
  return `${what}${found.map(({ entry }) => `\n  ${entry.where}: ${redactAddress(entry.package)}`).join('')}`;
}

function lastSegment(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

function textOf({ image, version, path }: OciText): string {
  return `${image}${version}${path === undefined ? '' : `!${path}`}`;
}

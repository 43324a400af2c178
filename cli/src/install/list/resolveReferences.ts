import { StagedoorError } from '@stagedoor/bundle';
import type { Entry } from './entry';
import { formOf, parseOciText, type OciText } from './packageText';

/**
 * Replaces `{{inherit}}` and `ref://<image name>` in the entries of the main file by what the one included entry that they
 * mean says: an image with its tag or digest and, where the entry names none, its path. Only OCI images are inherited
 * from. Throws PLUGIN_REFERENCE_UNRESOLVED, with every reference that means nothing or several things.
 */
export function resolveReferences(included: readonly Entry[], main: readonly Entry[]): Entry[] {
  const faults: string[] = [];
  for (const entry of included) {
    if (isReference(entry)) faults.push(`${entry.where}: ${entry.package} stands in an included file.`);
  }
  const images = included.flatMap((entry) => {
    const image = parseOciText(entry.package);
    return image && !image.inherit ? [{ entry, image }] : [];
  });
  const resolved = main.map((entry) => {
    if (!isReference(entry)) return entry;
    const wanted = parseOciText(entry.package);
    const found = images.filter(({ image }) => (wanted ? inherits(wanted, image) : isNamed(entry.package, image)));
    const [first] = found;
    if (first && found.length === 1) return { ...entry, package: textOf(first.image, wanted?.path) };
    const what = found.length === 0 ? 'no included entry' : `${found.length} included entries`;
    const which = found.map(({ entry: other }) => `\n  ${other.where}: ${other.package}`).join('');
    faults.push(`${entry.where}: ${entry.package} means ${what}${which && `:${which}`}`);
    return entry;
  });
  if (faults.length > 0) throw new StagedoorError('PLUGIN_REFERENCE_UNRESOLVED', faults.join('\n'));
  return resolved;
}

function isReference({ package: text }: Entry): boolean {
  return formOf(text) === 'ref' || parseOciText(text)?.inherit === true;
}

/** An included image without a path holds one plugin: it is the one that a path names. */
function inherits(wanted: OciText, image: OciText): boolean {
  if (wanted.image !== image.image) return false;
  return wanted.path === undefined || image.path === undefined || wanted.path === image.path;
}

function isNamed(text: string, { image }: OciText): boolean {
  return image.slice(image.lastIndexOf('/') + 1) === text.slice('ref://'.length);
}

function textOf({ image, version, path }: OciText, wantedPath: string | undefined): string {
  const chosen = path ?? wantedPath;
  return `${image}${version}${chosen === undefined ? '' : `!${chosen}`}`;
}

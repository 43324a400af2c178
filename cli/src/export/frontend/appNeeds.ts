import { APP_INTERFACES } from '@stagedoor/bundle';
import { compare, parse } from 'semver';
import type { RemoteContents } from './remoteContents';

/**
 * What a remote needs of the interfaces of its app, by package: the minor release of its own copy, of several the latest, or a later one.
 * Its copies and those of the app work with the same objects.
 */
export function appNeeds({ inlined }: Pick<RemoteContents, 'inlined'>): Record<string, string> {
  const copies = [...inlined.values()].map((entry) => entry.package);
  const needs = APP_INTERFACES.flatMap((name): Array<[string, string]> => {
    const versions = copies.filter((copy) => copy.name === name).map(({ version }) => version);
    const latest = parse(versions.sort(compare).at(-1));
    return latest ? [[name, `>=${latest.major}.${latest.minor}.0`]] : [];
  });
  return Object.fromEntries(needs);
}

import { StagedoorError, fitsApp } from '@stagedoor/bundle';
import type { ExportedPackage } from '../plan/plan';
import type { Release } from '../source/release/release';

/**
 * Holds what a frontend plugin needs of its app, as ranges by package, against the app of the release that it is made for. Throws
 * PEER_UNSATISFIED where the app has something earlier.
 */
export function checkApp({ pkg }: ExportedPackage, needs: Record<string, string>, { title, app }: Release): void {
  const unmet = Object.entries(needs).flatMap(([name, range]) => {
    const version = app.get(name);
    return version === undefined || fitsApp(version, range) ? [] : [{ name, range, version }];
  });
  if (unmet.length === 0) return;
  const lines = unmet.map(
    ({ name, range, version }) => `${pkg.name} needs ${name} ${range}; the app of ${title} has ${version}.`,
  );
  throw new StagedoorError('PEER_UNSATISFIED', lines.join('\n'), {
    hint:
      `Install ${unmet.map(({ name, version }) => `${name}@${version}`).join(' and ')} for the plugin, use a version of ${pkg.name} ` +
      'that was made for the release, or update the app.',
    details: { peers: unmet },
  });
}

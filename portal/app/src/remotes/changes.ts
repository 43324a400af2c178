import type { Plugin } from '../console/api/types';
import type { PageRemote } from './pageRemotes';

/** A remote that is another now than when the page was loaded. */
export interface Change {
  packageName: string;
  what: 'added' | 'upgraded' | 'removed';
  /** That there is now; of a removed one, that there was. */
  version: string;
}

/** How the frontend plugins that serve now differ from those of the page. */
export function changesSince(page: readonly PageRemote[], plugins: readonly Plugin[]): Change[] {
  const serving = new Map(
    plugins.flatMap(({ name, role, loaded }) =>
      loaded && role?.startsWith('frontend-') ? [[name, loaded] as const] : [],
    ),
  );
  const known = new Map(page.map((remote) => [remote.packageName, remote]));
  const now = [...serving].flatMap(([packageName, { version, digest }]): Change[] => {
    const before = known.get(packageName);
    if (before?.digest === digest) return [];
    return [{ packageName, what: before ? 'upgraded' : 'added', version }];
  });
  const gone = page.filter(({ packageName }) => !serving.has(packageName));
  return [...now, ...gone.map(({ packageName, version }): Change => ({ packageName, what: 'removed', version }))];
}

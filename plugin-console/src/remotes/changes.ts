import type { Plugin } from '../api/types';
import type { PageRemote } from './pageRemotes';

/** A remote that is another now than when the page was loaded. */
export interface Change {
  packageName: string;
  what: 'added' | 'upgraded' | 'removed';
  /** That there is now; of a removed one, that there was. */
  version: string;
  digest: string;
  /** It is being developed: open pages show its latest source. */
  developed: boolean;
}

/** How the frontend plugins that serve now differ from those of the page. */
export function changesSince(page: readonly PageRemote[], plugins: readonly Plugin[]): Change[] {
  const serving = new Map(
    plugins.flatMap(({ name, role, loaded, developed = false }) =>
      loaded && role?.startsWith('frontend-') ? [[name, { ...loaded, developed }] as const] : [],
    ),
  );
  // Those without a digest are not the portal's to change.
  const known = new Map(page.filter(({ digest }) => digest).map((remote) => [remote.packageName, remote]));
  const now = [...serving].flatMap(([packageName, { version, digest, developed }]): Change[] => {
    const before = known.get(packageName);
    if (before?.digest === digest) return [];
    return [{ packageName, what: before ? 'upgraded' : 'added', version, digest, developed }];
  });
  const gone = [...known.values()].filter(({ packageName }) => !serving.has(packageName));
  return [
    ...now,
    ...gone.map(({ packageName, version = '', digest = '' }): Change => ({
      ...{ packageName, version, digest },
      ...{ what: 'removed', developed: false },
    })),
  ];
}

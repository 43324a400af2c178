import { listRemotes } from './listRemotes';
import type { RemoteFeatures } from './origins';
import { noteFailure } from './pageRemotes';
import { blame, doesNotRun } from './wiring';

const KEY = 'stagedoor.leftOut';

/** What this tab leaves out, until the portal serves other frontend plugins. */
interface LeftOut {
  served: string;
  reasons: Record<string, string>;
}

let page: { baseUrl: string; remotes: readonly RemoteFeatures[]; reloads?: true } | undefined;

/** The remotes but those for which the page was loaded again, whose reasons are noted. */
export async function leftOutBefore(baseUrl: string, remotes: readonly RemoteFeatures[]): Promise<RemoteFeatures[]> {
  const { served, reasons } = read();
  if (served !== (await servedBy(baseUrl))) return [...remotes];
  return remotes.filter(({ remote: { packageName } }) => {
    const reason = reasons[packageName];
    if (reason !== undefined) noteFailure(packageName, reason);
    return reason === undefined;
  });
}

/** Has an error of the app itself be taken for one of these remotes: Backstage's `createApp` cannot wire an app again. */
export function reloadWithoutOnError(baseUrl: string, remotes: readonly RemoteFeatures[]): void {
  page = { baseUrl, remotes };
}

/** Loads the page again without the remotes that an error came from; false if it has none. */
export function reloadWithout(error: Error): boolean {
  if (!page || page.remotes.length === 0) return false;
  if (page.reloads) return true;
  page.reloads = true;
  const { baseUrl, remotes } = page;
  const blamed = blame(error, remotes).map(({ remote }) => remote.packageName);
  const reason = doesNotRun(error);
  void servedBy(baseUrl).then((served) => {
    const before = read();
    const reasons = {
      ...(before.served === served && before.reasons),
      ...Object.fromEntries(blamed.map((name) => [name, reason])),
    };
    sessionStorage.setItem(KEY, JSON.stringify({ served, reasons } satisfies LeftOut));
    window.location.reload();
  });
  return true;
}

async function servedBy(baseUrl: string): Promise<string> {
  return (await listRemotes(baseUrl)).map(({ packageName, digest }) => `${packageName}@${digest}`).join();
}

function read(): LeftOut {
  return JSON.parse(sessionStorage.getItem(KEY) ?? '{"served":"","reasons":{}}') as LeftOut;
}

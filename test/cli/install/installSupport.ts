import type {
  InstallOptions,
  InstallResult,
  PackageRequest,
  Resolved,
  Source,
  SourceContext,
} from '@stagedoor/cli/api';
import { cp, mkdir, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install } from '../../../cli/src/install/install';
import { fixtureBundle, type FixtureOptions } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';

/** An integrity that no source of these tests looks at. */
export const INTEGRITY = 'sha512-AAAA';

/** A folder with a list of plugins and a root directory, and a source that stands for a network. */
export interface Workplace {
  dir: string;
  root: string;
  network: FakeNetwork;
  /** Writes dynamic-plugins.yaml; JSON is YAML. */
  list(plugins: unknown[], more?: object): Promise<void>;
  install(options?: Partial<InstallOptions>): Promise<InstallResult>;
  /** Names in the root directory with the version that a reader finds there; app-config is left out. */
  installed(): Promise<Record<string, string>>;
}

/** Makes a {@link Workplace} that the running test removes. */
export async function workplace(): Promise<Workplace> {
  const dir = await tempDir();
  const root = join(dir, 'root');
  const network = new FakeNetwork();
  return {
    dir,
    root,
    network,
    list: (plugins, more = {}) => writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins, ...more })),
    install: (options = {}) =>
      install({ cwd: dir, config: 'dynamic-plugins.yaml', root, sources: [network], ...options }),
    installed: () => versionsIn(root),
  };
}

/** Versions by name in a root directory. */
export async function versionsIn(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root)).filter((name) => !name.startsWith('.') && !name.startsWith('app-config'));
  const versions = names.map(async (name): Promise<[string, string]> => {
    const text = await readFile(join(root, name, 'package.json'), 'utf8');
    return [name, (JSON.parse(text) as { version: string }).version];
  });
  return Object.fromEntries(await Promise.all(versions));
}

/** What the store of a root directory holds, and what the links into it use; the lock aside. */
export async function storeOf(root: string): Promise<{ held: string[]; used: string[] }> {
  const held = (await readdir(join(root, '.stagedoor-install'))).filter((name) => name !== 'lock');
  const targets = await Promise.all((await readdir(root)).map((name) => readlink(join(root, name)).catch(() => '')));
  return {
    held: held.sort(),
    used: targets
      .filter(Boolean)
      .map((target) => target.split('/')[1]!)
      .sort(),
  };
}

/** A bundle of the greeter under another name. */
export async function namedBundle(name: string, version: string, options: FixtureOptions = {}): Promise<string> {
  const packageJson = { name, ...options.packageJson };
  return await fixtureBundle(await tempDir(), 'greeter', { ...options, version, packageJson });
}

/** Packages by the text of their entry, counted as they are asked for. */
class FakeNetwork implements Source {
  readonly #packages = new Map<string, { resolved: Resolved; dir: string }>();
  /** `resolve <text>` and `fetch <identity>`, in the order of the calls. */
  readonly calls: string[] = [];
  /** Runs before each fetch. */
  onFetch: (identity: string) => Promise<void> = () => Promise.resolve();

  /** Publishes a bundle folder; again under the same text, it moves. */
  publish(text: string, dir: string, digest: string, key = text.replace(/[:@]\d.*$/, '')): void {
    const identity = `${key} at ${digest}`;
    this.#packages.set(text, { dir, resolved: { kind: 'oci', key, identity, digest } });
  }

  accepts(text: string): boolean {
    return !text.startsWith('.');
  }

  resolve({ package: text }: PackageRequest): Promise<Resolved> {
    this.calls.push(`resolve ${text}`);
    const found = this.#packages.get(text);
    if (!found) throw new Error(`${text} was not published`);
    return Promise.resolve(found.resolved);
  }

  async fetch({ identity }: Resolved, folder: string, { onBytes }: SourceContext): Promise<string> {
    this.calls.push(`fetch ${identity}`);
    await this.onFetch(identity);
    const found = [...this.#packages.values()].find(({ resolved }) => resolved.identity === identity)!;
    const dir = join(folder, 'plugin');
    await mkdir(folder, { recursive: true });
    await cp(found.dir, dir, { recursive: true });
    onBytes?.(1500, 2_500_000);
    return dir;
  }

  /** The calls since the last time. */
  since(): string[] {
    return this.calls.splice(0);
  }
}

/** The file that the config of all plugins goes to. */
export const APP_CONFIG = 'app-config.dynamic-plugins.yaml';

/** A workplace where the plugins `a` and `b` of version 1.0.0 are installed from images. */
export async function withTwo(): Promise<Workplace> {
  const place = await workplace();
  for (const name of ['a', 'b']) {
    place.network.publish(
      `oci://h/${name}:1`,
      await namedBundle(`${name}-dynamic`, '1.0.0'),
      `${name}1`,
      `oci://h/${name}!`,
    );
  }
  await place.list([{ package: 'oci://h/a:1', pluginConfig: { a: { word: 'one' } } }, { package: 'oci://h/b:1' }]);
  await place.install();
  place.network.since();
  return place;
}

/** Publishes another version of the plugin `a`. */
export async function publishA(place: Workplace, text: string, version: string, digest: string): Promise<void> {
  place.network.publish(text, await namedBundle('a-dynamic', version), digest, 'oci://h/a!');
}

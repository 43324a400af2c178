import { satisfies } from 'semver';
import type { PublishedVersion } from '../../../registry/packument';
import type { HostRule } from './hostRules';
import type { Release } from './release';
import type { Registry } from './registry';

type Chosen = Record<string, string>;

/** Chooses the versions of the Backstage libraries that a plugin brings along, so that they too fit a release. */
export class LibraryChoice {
  readonly #chosen = new Map<string, Promise<Chosen | undefined>>();

  /** `plugin`: the package that they come with; libraries of its scope are looked at too. */
  constructor(
    private readonly release: Release,
    private readonly rule: HostRule,
    private readonly registry: Registry,
    private readonly plugin: string,
  ) {}

  /** Versions by `name@range` where npm would take another one; undefined where the version or a library of it does not fit. */
  async of(version: PublishedVersion, above: ReadonlySet<string> = new Set()): Promise<Chosen | undefined> {
    if (this.rule.needOf(version)) return undefined;
    const all: Chosen = {};
    for (const [name, range] of this.#librariesOf(version)) {
      // Cycles among libraries end where they began.
      if (above.has(name)) continue;
      const key = `${name}@${range}`;
      const chosen = this.#chosen.get(key) ?? this.#choose(name, range, new Set([...above, name]));
      this.#chosen.set(key, chosen);
      const found = await chosen;
      if (!found) return undefined;
      Object.assign(all, found);
    }
    return all;
  }

  /** Why a version does not fit, as one clause. */
  async misfit(version: PublishedVersion): Promise<string> {
    const need = this.rule.needOf(version);
    if (need) return `it needs ${need.name} ${need.range}, and the release has ${need.version}`;
    for (const [name, range] of this.#librariesOf(version)) {
      if (await this.#choose(name, range, new Set([name]))) continue;
      const newest = await this.#inRange(name, range);
      return newest[0]
        ? `of ${name}@${newest[0].version}, ${await this.misfit(newest[0])}`
        : `${name} ${range} is not published`;
    }
    return 'its libraries do not fit';
  }

  async #choose(name: string, range: string, above: ReadonlySet<string>): Promise<Chosen | undefined> {
    const candidates = await this.#inRange(name, range);
    // What the registry does not list, npm complains about.
    if (candidates.length === 0) return {};
    const newest = candidates[0]!.version;
    const own = this.release.versions.get(name);
    const inOrder = [...candidates.filter(({ version }) => version === own), ...candidates];
    for (const candidate of inOrder) {
      if (!this.rule.mayBring(name, candidate.version)) continue;
      const further = await this.of(candidate, above);
      if (!further) continue;
      return candidate.version === newest ? further : { ...further, [`${name}@${range}`]: candidate.version };
    }
    return undefined;
  }

  async #inRange(name: string, range: string): Promise<PublishedVersion[]> {
    return (await this.registry.versions(name)).filter(({ version }) => satisfies(version, range));
  }

  #librariesOf({ dependencies = {} }: PublishedVersion): Array<[name: string, range: string]> {
    const scope = /^@[^/]+\//.exec(this.plugin)?.[0];
    return Object.entries(dependencies).filter(
      ([name]) =>
        this.rule.isBrought(name) && (name.includes('backstage') || (scope !== undefined && name.startsWith(scope))),
    );
  }
}

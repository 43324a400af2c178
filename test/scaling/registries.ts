import { concurrently } from '@stagedoor/bundle';
import { join } from 'node:path';
import { fixtureBundle } from '../support/bundles';
import { startContainerRegistry, type ContainerRegistry } from '../support/containerRegistry';
import { runStagedoor } from '../support/commandLine';
import { startVerdaccio, type Verdaccio } from '../support/npmRegistry';
import { startRegistryFront } from '../support/registryFront';
import type { Meter } from './meter';

/** Of ten plugins, so many come from a container registry and the others from npm's. */
const FROM_IMAGES = 6;

/** Names of the ten, by where they come from. */
export const IMAGES = names('image', FROM_IMAGES);
export const PACKAGES = names('package', 10 - FROM_IMAGES);

/** The one of the ten of which there is another version. */
export const UPGRADED = 'image-1';

/** Where ten plugins are fetched from. */
export interface Place {
  /** `host:port` of the container registry. */
  images: string;
  /** `host:port` of the npm registry. */
  npm: string;
}

/** A docker-registry and a verdaccio with the ten plugins in version 1.0.0, and {@link UPGRADED} also in 1.1.0. */
export interface Registries {
  /** Straight to them, counted by nobody. */
  place: Place;
  /** What a list of plugins says about an npm package. */
  integrity(name: string): string;
  /** In front of them for the running test: `direct`, counted by `meter`, and caches that ask there for what they lack. */
  fronts(meter: Meter): Promise<{ direct: Place; cached(): Promise<Place & { stop(): Promise<void> }> }>;
  stop(): Promise<void>;
}

/** Starts both registries and fills them with bundles of `kilobytes` each; the caller stops them. */
export async function startRegistries(dir: string, kilobytes: number): Promise<Registries> {
  const [images, npm]: [ContainerRegistry, Verdaccio] = await Promise.all([startContainerRegistry(), startVerdaccio()]);
  const integrities = new Map<string, string>();
  const builds = [...IMAGES, ...PACKAGES].map((name) => ({ name, version: '1.0.0' }));
  await concurrently(
    [...builds, { name: UPGRADED, version: '1.1.0' }],
    async ({ name, version }) => {
      const bundle = await fixtureBundle(join(dir, name), 'greeter', {
        version,
        packageJson: { name, backstage: { role: 'backend-plugin', pluginId: name } },
        files: { 'dist/code.js': codeLike(`${name} ${version}`, kilobytes * 1024) },
      });
      if (PACKAGES.includes(name)) await npm.publish(bundle);
      else await push(bundle, `oci://${images.host}/plugins/${name}:${version}`);
    },
    2,
  );
  for (const name of PACKAGES) {
    const published = (await (await fetch(npm.url + name)).json()) as {
      versions: Record<string, { dist: { integrity: string } }>;
    };
    integrities.set(name, published.versions['1.0.0']!.dist.integrity);
  }
  const place = { images: images.host, npm: new URL(npm.url).host };
  return {
    place,
    integrity: (name) => integrities.get(name) ?? '',
    fronts: async ({ intercept }) => {
      const [image, pack] = await Promise.all(
        [place.images, place.npm].map((behind) => startRegistryFront(behind, { intercept })),
      );
      const direct = { images: image!.host, npm: pack!.host };
      const cached = async () => {
        const caches = await Promise.all([
          startContainerRegistry({ behind: direct.images }),
          startVerdaccio({ uplink: `http://${direct.npm}/` }),
        ]);
        const [first, second] = caches;
        const stop = async () => void (await Promise.all(caches.map((cache) => cache.stop())));
        return { images: first.host, npm: new URL(second.url).host, stop };
      };
      return { direct, cached };
    },
    stop: async () => void (await Promise.all([images.stop(), npm.stop()])),
  };
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
}

async function push(bundle: string, target: string): Promise<void> {
  const { code, stderr } = await runStagedoor(['push', bundle, target]);
  if (code !== 0) throw new Error(stderr);
}

/** Text that compresses about as code does, the same for the same seed. */
function codeLike(seed: string, bytes: number): string {
  let state = [...seed].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += lines.at(-1)!.length + 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    lines.push(`const value${state % 9973} = lookup(table, ${state.toString(36)}, options.${(state >>> 7) % 499});`);
  }
  return lines.join('\n');
}

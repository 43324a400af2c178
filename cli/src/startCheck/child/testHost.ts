import type * as AppApi from '@backstage/backend-app-api';
import type { Backend, BackendStartupResult } from '@backstage/backend-app-api';
import type { ServiceFactory } from '@backstage/backend-plugin-api';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { StartTask } from '../task';
import { describe, type OpenFeature, type Registration } from './features';
import { HostServices } from './hostServices';
import { quietServices } from './quietServices';
import type { Reporter } from './reporter';
import { testServices, type Observed } from './testServices';

/** What an init failed with, and whose it is, as Backstage words it. */
export interface InitFailure {
  who: string;
  pluginId: string;
  moduleId?: string;
  error: unknown;
}

/** Services that Backstage's engine asks for, whatever a bundle depends on. */
const OF_THE_ENGINE = ['core.rootLifecycle', 'core.lifecycle'];

/** A Backstage backend out of the host's packages that starts plugins without serving them. */
export class TestHost {
  readonly observed: Observed = { openedRoutes: [], rootPaths: [], absentKeys: new Set(), logs: [] };
  readonly services: HostServices;
  readonly #require: NodeJS.Require;
  readonly #reporter: Reporter;
  readonly #own: OpenFeature[];

  /** `hostDir` is the folder from which the shared packages resolve, `bundleDir` the one that is watched. */
  constructor({ hostDir, bundleDir }: Pick<StartTask, 'hostDir' | 'bundleDir'>, reporter: Reporter) {
    this.#require = createRequire(join(hostDir, 'host.cjs'));
    this.#reporter = reporter;
    this.services = new HostServices(this.#require, quietServices(this.#require, this.observed));
    this.#own = [
      ...testServices(this.#require, bundleDir, this.observed),
      ...OF_THE_ENGINE.map((id) => this.services.factory(id)),
    ];
  }

  /** The features with every feature loader among them, nested ones too, replaced by what it loads. */
  async expand(features: readonly OpenFeature[]): Promise<OpenFeature[]> {
    const loaders = features.filter((feature) => feature.loader);
    if (loaders.length === 0) return [...features];
    const loaded: OpenFeature[] = [];
    const backend = this.#backend();
    for (const feature of loaders) {
      const loader = async (deps: Record<string, unknown>): Promise<unknown[]> => {
        const found = await Promise.all((await feature.loader!(deps)).map(unwrap));
        loaded.push(...found);
        return [];
      };
      backend.add({ ...this.services.feature(feature), loader } as OpenFeature);
    }
    await this.#reporter.during('its feature loader', () => backend.start());
    return [...features.filter((feature) => !feature.loader), ...(await this.expand(loaded))];
  }

  /** Starts plugins and their modules together; returns the failures. */
  async start(registrations: readonly Registration[], services: readonly OpenFeature[]): Promise<InitFailure[]> {
    const backend = this.#backend();
    for (const service of services) backend.add(this.services.feature(service));
    const guarded = registrations.map((registration) =>
      this.services.registration(registration, (init) =>
        this.#reporter.during(`the init of ${describe(registration)}`, init),
      ),
    );
    backend.add({
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'registrations',
      getRegistrations: () => guarded,
    } as OpenFeature);
    try {
      await this.#reporter.during('the start of the services it depends on', () => backend.start());
      return [];
    } catch (error) {
      const { result } = error as { result?: BackendStartupResult };
      return result ? failuresIn(result) : [{ who: 'the bundle', pluginId: registrations[0]!.pluginId, error }];
    }
  }

  #backend(): Backend {
    const { createSpecializedBackend } = this.#require('@backstage/backend-app-api') as typeof AppApi;
    return createSpecializedBackend({ defaultServiceFactories: this.#own as unknown as ServiceFactory[] });
  }
}

async function unwrap(value: unknown): Promise<OpenFeature> {
  const resolved = (await value) as OpenFeature | { default: OpenFeature };
  return 'default' in resolved ? resolved.default : resolved;
}

function failuresIn(result: BackendStartupResult): InitFailure[] {
  return result.plugins.flatMap(({ pluginId, failure, modules }) => [
    ...(failure ? [{ who: `plugin '${pluginId}'`, pluginId, error: failure.error }] : []),
    ...modules.flatMap(({ moduleId, failure: fault }) =>
      fault ? [{ who: `module '${moduleId}' for plugin '${pluginId}'`, pluginId, moduleId, error: fault.error }] : [],
    ),
  ]);
}

import { overlay } from '../host/overlay';
import { SEARCH_INDEX, inheritIndex } from './searchIndex';

/** Takes over for a build what the `earlier` one kept; returns what holds it from now on. */
type Inherit = (args: readonly unknown[], earlier: unknown) => object | undefined;

/** Calls by which plugins hand what they keep in memory to a service: by the service's id, the method. */
const HANDED: ReadonlyMap<string, { method: string; inherit: Inherit }> = new Map([
  [SEARCH_INDEX, { method: 'init', inherit: inheritIndex }],
]);

/** What the builds of one plugin keep in memory and hand on, by service. */
type KeptOfPlugin = Map<string, object>;

/** What plugins keep in memory and the next build of them begins with. */
export class KeptState {
  readonly #plugins = new Map<string, KeptOfPlugin>();

  /** For one generation of a plugin. */
  of(pluginId: string): GenerationState {
    let kept = this.#plugins.get(pluginId);
    if (!kept) this.#plugins.set(pluginId, (kept = new Map()));
    return new GenerationState(kept);
  }
}

/** The part of one generation in {@link KeptState}. */
export class GenerationState {
  readonly #kept: KeptOfPlugin;
  readonly #own: KeptOfPlugin = new Map();

  constructor(kept: KeptOfPlugin) {
    this.#kept = kept;
  }

  /** Whether anything is handed to a service that is kept. */
  static keeps(serviceId: string): boolean {
    return HANDED.has(serviceId);
  }

  /** A service that the generation may hand what it keeps to. */
  watch(serviceId: string, service: unknown): unknown {
    const handed = HANDED.get(serviceId);
    const method: unknown = handed && (service as Record<string, unknown> | undefined)?.[handed.method];
    if (!handed || typeof method !== 'function') return service;
    return overlay(service as Record<string, unknown>, {
      [handed.method]: (...args: unknown[]): unknown => {
        const own = handed.inherit(args, this.#kept.get(serviceId));
        if (own) this.#own.set(serviceId, own);
        return Reflect.apply(method, service, args) as unknown;
      },
    });
  }

  /** It is the one that serves: what it keeps is what the next one begins with. */
  begin(): void {
    for (const [serviceId, own] of this.#own) this.#kept.set(serviceId, own);
  }

  /** It has ended; nothing is kept for a plugin that is gone. */
  end(): void {
    for (const [serviceId, own] of this.#own) if (this.#kept.get(serviceId) === own) this.#kept.delete(serviceId);
  }
}

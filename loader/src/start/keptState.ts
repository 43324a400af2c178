import { overlay } from '../host/overlay';
import { SEARCH_INDEX, inheritIndex } from './searchIndex';

/** Takes over the state of the `earlier` build; returns the new holder. */
type Inherit = (args: readonly unknown[], earlier: unknown) => object | undefined;

/** Calls with which plugins pass in-memory state to a service: by the service's id, the method. */
const HANDED: ReadonlyMap<string, { method: string; inherit: Inherit }> = new Map([
  [SEARCH_INDEX, { method: 'init', inherit: inheritIndex }],
]);

/** In-memory state that builds of one plugin pass on, by service. */
type KeptOfPlugin = Map<string, object>;

/** In-memory state of plugins that their next build continues with. */
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

  /** Whether any of the services has such state. */
  static keeps(serviceId: string): boolean {
    return HANDED.has(serviceId);
  }

  /** A service that may receive such state from the generation. */
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

  /** It is in service: the next one continues with its state. */
  begin(): void {
    for (const [serviceId, own] of this.#own) this.#kept.set(serviceId, own);
  }

  /** It has ended; the state of a removed plugin is dropped. */
  end(): void {
    for (const [serviceId, own] of this.#own) if (this.#kept.get(serviceId) === own) this.#kept.delete(serviceId);
  }
}

import type { LoggerService } from '@backstage/backend-plugin-api';

/** The part of the state file that is used here. */
interface Memory {
  names(): string[];
  get(name: string): { readonly inPortal?: readonly string[] };
  /** Rejects with STATE_UNWRITABLE or STATE_DIRECTORY_IN_USE. */
  update(name: string, changes: { inPortal: string[] }): Promise<void>;
}

/**
 * Plugins that run in the portal although others do not (`isolation: in-process`), with settings that do not name the bundles. A bundle
 * chooses its plugin by itself, so the exception holds for the bundles that used it first: those of the first start with it or, if
 * that start had none, the first one that is dropped. They are remembered; another bundle has to be named in the settings.
 */
export class OpenExceptions {
  readonly #memory: Memory;
  readonly #logger: LoggerService;
  /** By plugin id: whether a bundle used the exception before this start. */
  readonly #used: Map<string, boolean>;

  constructor(pluginIds: readonly string[], memory: Memory, logger: LoggerService) {
    this.#memory = memory;
    this.#logger = logger;
    this.#used = new Map(pluginIds.map((id) => [id, this.users(id).length > 0]));
    for (const id of pluginIds) {
      logger.warn(
        `dynamicPlugins.plugins.${id}: isolation is in-process, and packages is not set: ${this.#whoMay(id)} in the portal. ` +
          `List the intended bundles under packages.`,
      );
    }
  }

  /** Names of the bundles that an exception holds for. */
  users(pluginId: string): string[] {
    return this.#memory.names().filter((name) => this.#memory.get(name).inPortal?.includes(pluginId));
  }

  /** Whether a bundle may run in the portal as part of a plugin, as far as this is about exceptions without names. */
  admits(pluginId: string, name: string, { serving }: { serving: boolean }): boolean {
    const used = this.#used.get(pluginId);
    if (used === undefined || (!used && !serving)) return true;
    const users = this.users(pluginId);
    return users.length === 0 || users.includes(name);
  }

  /** Remembers that a bundle runs in the portal as part of some plugins. Throws STATE_UNWRITABLE, STATE_DIRECTORY_IN_USE. */
  async use(pluginIds: readonly string[], name: string): Promise<void> {
    const known = this.#memory.get(name).inPortal ?? [];
    const added = pluginIds.filter((id) => this.#used.has(id) && !known.includes(id));
    if (added.length > 0) await this.#memory.update(name, { inPortal: [...known, ...added] });
  }

  /** Tells that a bundle runs in a process, because an exception does not hold for it. */
  tellRefused(pluginId: string, name: string): void {
    this.#logger.warn(
      `${name} does not run in the portal: dynamicPlugins.plugins.${pluginId} has no packages, and the exception holds for ` +
        `${this.users(pluginId).join(', ')} only. To change that, list all intended bundles under packages.`,
    );
  }

  #whoMay(pluginId: string): string {
    const users = this.users(pluginId);
    if (users.length > 0) return `${users.join(', ')} may run`;
    return `the first bundles that provide or extend the plugin '${pluginId}' will run`;
  }
}

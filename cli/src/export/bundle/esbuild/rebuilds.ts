import type { BuildContext, BuildResult } from 'esbuild';
import type { Builder, InMemoryOptions } from '../../plan/options';
import { isBuildFailure } from './buildFailure';

/** The rounds of one export each have a context; a few more are kept for when the source goes back and forth. */
const MAX_CONTEXTS = 4;

/** Makes the builds of a plugin that is built again and again: files that did not change are not parsed again. */
export class Rebuilds implements Builder {
  readonly #contexts = new Map<string, Promise<BuildContext<InMemoryOptions>>>();

  /**
   * Builds with `options`. What its plugins do must follow from `key` and the rest of the options: with the same ones those of
   * the first time are asked. Throws what esbuild's `build` throws.
   */
  async build(options: InMemoryOptions, key: unknown): Promise<BuildResult<InMemoryOptions>> {
    const { plugins: _plugins, ...plain } = options;
    const id = JSON.stringify([plain, key]);
    const context = this.#contexts.get(id) ?? import('esbuild').then((esbuild) => esbuild.context(options));
    this.#contexts.delete(id);
    this.#contexts.set(id, context);
    try {
      return await (await context).rebuild();
    } catch (error) {
      if (!isBuildFailure(error)) await this.#drop(id);
      throw error;
    } finally {
      for (const oldest of [...this.#contexts.keys()].slice(0, -MAX_CONTEXTS)) await this.#drop(oldest);
    }
  }

  /** Frees what is kept. */
  async dispose(): Promise<void> {
    for (const id of [...this.#contexts.keys()]) await this.#drop(id);
  }

  async #drop(id: string): Promise<void> {
    const context = this.#contexts.get(id);
    this.#contexts.delete(id);
    // With esbuild's process everything is gone that it kept.
    await context?.then((made) => made.dispose()).catch(() => {});
  }
}

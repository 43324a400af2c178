/** A search engine that holds its index in memory, as `LunrSearchEngine` of `@backstage/plugin-search-backend-node` does. */
interface EngineInMemory {
  /** By document type. */
  lunrIndices: Record<string, unknown>;
  /** By location. */
  docStore: Record<string, unknown>;
}

/** The argument that the search plugin passes to its index service. */
interface IndexOptions {
  searchEngine: unknown;
  collators: Array<{ factory: { type: string } }>;
}

/** Service of the search plugin that gets its engine: `searchIndexServiceRef`. */
export const SEARCH_INDEX = 'search.index.service';

/**
 * Makes the engine of a build begin with the index of the previous one, until its own collators have run once. Types without
 * a collator are dropped. Returns the engine, if it keeps its index in memory.
 */
export function inheritIndex(args: readonly unknown[], earlier: unknown): object | undefined {
  const { searchEngine, collators } = args[0] as IndexOptions;
  if (!isInMemory(searchEngine)) return undefined;
  // Another copy of the code may use it differently.
  if (isInMemory(earlier) && earlier.constructor === searchEngine.constructor) {
    const types = new Set(collators.map(({ factory }) => factory.type));
    const indices = Object.entries(earlier.lunrIndices).filter(([type]) => types.has(type));
    Object.assign(searchEngine.lunrIndices, Object.fromEntries(indices));
    if (indices.length > 0) Object.assign(searchEngine.docStore, earlier.docStore);
  }
  return searchEngine;
}

function isInMemory(engine: unknown): engine is EngineInMemory {
  const { lunrIndices, docStore } = (engine ?? {}) as Partial<EngineInMemory>;
  return [lunrIndices, docStore].every((value) => typeof value === 'object' && value !== null);
}

import type { SchemaEntry } from '../configSchema';

/** A job of a worker: check config against schemas. */
export interface SchemaJob {
  entries: readonly SchemaEntry[];
  /** App-config as JSON. */
  data: string;
}

/** A worker's message: it is ready for a job, config-loader's result, or why a schema is invalid. */
export type SchemaAnswer = { ready: true } | { messages: string[] } | { invalid: string };

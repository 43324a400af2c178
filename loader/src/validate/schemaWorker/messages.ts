import type { SchemaEntry } from '../configSchema';

/** What a worker is asked: to hold config against schemas. */
export interface SchemaJob {
  entries: readonly SchemaEntry[];
  /** App-config as JSON. */
  data: string;
}

/** What a worker answers: that it is ready for a job, what config-loader says of the config, or why a schema is not valid. */
export type SchemaAnswer = { ready: true } | { messages: string[] } | { invalid: string };

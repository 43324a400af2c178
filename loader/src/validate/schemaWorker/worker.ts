// A thread that compiles config schemas of bundles and checks app-config against them. See schemaWorkers.ts.
import { loadConfigSchema, type ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { parentPort } from 'node:worker_threads';
import type { SchemaAnswer, SchemaJob } from './messages';

const MOST_MESSAGES = 100;
const LONGEST_MESSAGE = 1000;

async function answer({ entries, data }: SchemaJob): Promise<SchemaAnswer> {
  let schema: ConfigSchema;
  try {
    const serialized = { backstageConfigSchemaVersion: 1, schemas: entries as unknown as JsonObject[] };
    schema = await loadConfigSchema({ serialized });
  } catch (error) {
    return { invalid: brief(String((error as Error).message)) };
  }
  try {
    schema.process([{ data: JSON.parse(data) as JsonObject, context: 'app-config' }]);
    return { messages: [] };
  } catch (error) {
    const { messages, message } = error as Error & { messages?: string[] };
    return { messages: (messages ?? [message]).slice(0, MOST_MESSAGES).map(brief) };
  }
}

function brief(message: string): string {
  return message.slice(0, LONGEST_MESSAGE);
}

parentPort!.on('message', (job: SchemaJob) => void answer(job).then((said) => parentPort!.postMessage(said)));
parentPort!.postMessage({ ready: true } satisfies SchemaAnswer);

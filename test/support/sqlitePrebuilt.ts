import { onTestFinished } from 'vitest';
import { startSqlitePrebuilt } from '../../scripts/lib/sqlitePrebuilt.mjs';

/** The environment in which nobody compiles the SQLite driver that is installed here. Until the running test ends. */
export async function sqlitePrebuilt(): Promise<Record<string, string>> {
  const { env, stop } = await startSqlitePrebuilt();
  onTestFinished(stop);
  return env;
}

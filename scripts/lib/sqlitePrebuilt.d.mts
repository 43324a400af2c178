/** See sqlitePrebuilt.mjs. */
export function startSqlitePrebuilt(): Promise<{ env: Record<string, string>; stop(): Promise<void> }>;

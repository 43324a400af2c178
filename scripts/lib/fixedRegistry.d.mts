/** See fixedRegistry.mjs. */
export function startFixedRegistry(): Promise<{ url: string; missing: Set<string>; stop(): Promise<void> }>;
export function fixedPackages(): Map<string, Record<string, { version: string }>>;
export function npmSettings(): Promise<Record<string, unknown>>;

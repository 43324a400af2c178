/** See fixedRegistry.mjs. */
export function startFixedRegistry(): Promise<{ url: string; missing: Set<string>; stop(): Promise<void> }>;

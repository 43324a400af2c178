/** See check.mjs. */
export function faultsOf(file: string): Promise<string[]>;

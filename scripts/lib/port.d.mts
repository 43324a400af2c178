/** See port.mjs. */
export function freePort(): Promise<number>;
export function claimPort(port: number): Promise<boolean>;

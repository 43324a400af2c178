/** See build.mjs. */
export function build(options?: { dir?: string; dist?: string }): Promise<void>;

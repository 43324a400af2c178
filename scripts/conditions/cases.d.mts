/** See cases.mjs. */
export const CASES: Array<{ machine: string; start?: string; test?: string }>;

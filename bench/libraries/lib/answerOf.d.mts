/** See answerOf.mjs. */
export function answerOf(entry: string): Promise<string>;

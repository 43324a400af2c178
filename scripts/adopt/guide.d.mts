/** See guide.mjs. */
export function stepsOf(file: string): Array<{ kind: 'bash' | 'diff'; body: string }>;
/** See guide.mjs. */
export function applyDiff(app: string, body: string): void;

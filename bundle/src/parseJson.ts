/**
 * Parses untrusted JSON. Throws for invalid JSON, and for a member called `__proto__` at any level: no tool writes one, and
 * code that copies it later may use it as a prototype. The message continues after the name of the file.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  // Neither recursive nor with a reviver: the text may be deep and long.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) throw new Error('contains the key __proto__');
    for (const member of Object.values(next)) if (typeof member === 'object') open.push(member);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`is not JSON: ${(cause as Error).message}`, { cause });
  }
}

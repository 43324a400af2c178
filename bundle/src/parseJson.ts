/**
 * JSON from somebody nobody vouches for. Throws for what is not JSON, and for a member called `__proto__` wherever it
 * stands: no tool writes one, and what copies it later may take it for a prototype. The message goes on after the name
 * of the file.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  // Not by recursion, and not with a reviver: the text may be deep, and it may be long.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) throw new Error('holds the key __proto__');
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

/** What a registry wants to be told, of a WWW-Authenticate header. */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  scheme: string;
  parameters: Record<string, string>;
}

const SCHEME = /^[\s,]*([A-Za-z][\w-]*)(?=\s|$)(?!\s*=)/;
const PARAMETER = /^[\s,]*([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/;

/** Reads the challenges of a WWW-Authenticate header (RFC 9110, 11.6.1); what cannot be read ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header.slice(0, 8192);
  for (;;) {
    const parameter = PARAMETER.exec(rest);
    const scheme = parameter ? undefined : SCHEME.exec(rest);
    const match = parameter ?? scheme;
    if (!match) return challenges;
    rest = rest.slice(match[0].length);
    if (scheme) challenges.push({ scheme: scheme[1]!.toLowerCase(), parameters: {} });
    else {
      const value = parameter![2]?.replace(/\\(.)/g, '$1') ?? parameter![3]!;
      Object.assign(challenges.at(-1)?.parameters ?? {}, { [parameter![1]!.toLowerCase()]: value });
    }
  }
}

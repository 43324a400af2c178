const HEAD = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) /;
const SAMPLE = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? (NaN|[+-]?(Inf|[\d.]+(e[+-]?\d+)?))$/;

/** Media type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Prefix of the metrics of the portal itself. */
export const OWN_PREFIX = 'stagedoor_';

/**
 * Merges metrics in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats) into one text that
 * describes each name once. Lines that are not metrics are left out.
 */
export function joinExpositions(texts: readonly string[]): string {
  const families = new Map<string, { head: Map<string, string>; samples: string[] }>();
  for (const text of texts) {
    let family: { head: Map<string, string>; samples: string[] } | undefined;
    for (const line of text.split('\n')) {
      const [, kind, name] = HEAD.exec(line) ?? [];
      if (kind && name) {
        family = families.get(name) ?? { head: new Map(), samples: [] };
        families.set(name, family);
        if (!family.head.has(kind)) family.head.set(kind, line);
      } else if (family && SAMPLE.test(line)) family.samples.push(line);
    }
  }
  return [...families.values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ head, samples }) => `${[...head.values(), ...samples].join('\n')}\n`)
    .join('');
}

/** The metrics from a plugin's own process, without those that only the portal can know. */
export function ofPlugin(text: string): string {
  const foreign = new RegExp(`^(# \\w+ )?${OWN_PREFIX}`);
  const lines = text.split('\n').filter((line) => !foreign.test(line));
  return joinExpositions([lines.join('\n')]);
}

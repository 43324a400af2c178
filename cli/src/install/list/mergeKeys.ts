import type { Document, YAMLMap } from 'yaml';

/** Keys that merge keys (`<<`) may bring, each as often as it comes: maps that merge maps that merge maps have many. */
export const MAX_MERGED = 500_000;

/**
 * Offset of the map whose merge keys, with those of the maps before it, bring more keys than {@link MAX_MERGED}, or that merges
 * itself; undefined if there is none. Takes a time that grows with the size of the document alone.
 */
export async function excessOfMergeKeys(document: Document): Promise<number | undefined> {
  const { isAlias, isMap, isScalar, isSeq, visit } = await import('yaml');
  const anchors = new Map<string, unknown>();
  const counts = new Map<YAMLMap, number>();
  const countOf = (node: unknown): number => {
    if (isAlias(node)) return countOf(anchors.get(node.source));
    if (isSeq(node)) return node.items.reduce<number>((sum, item) => sum + countOf(item), 0);
    if (!isMap(node)) return 0;
    const known = counts.get(node);
    if (known !== undefined) return known;
    // What is asked for while it is counted merges itself.
    counts.set(node, Infinity);
    const sources = node.items.filter(({ key }) => isScalar(key) && typeof key.value === 'symbol');
    const count = sources.reduce((sum, { value }) => sum + countOf(value), node.items.length);
    counts.set(node, count);
    return count;
  };
  let merged = 0;
  let excess: number | undefined;
  // In the order of the text: an alias means the last anchor of its name before it.
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isMap(node)) return undefined;
      merged += countOf(node) - node.items.length;
      if (merged <= MAX_MERGED) return undefined;
      excess = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return excess;
}

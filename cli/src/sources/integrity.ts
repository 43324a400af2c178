import { createReadStream } from 'node:fs';
import { StagedoorError } from '@stagedoor/bundle';
import { fromStream, parse } from 'ssri';

/** What a list may ask for; weakest first. */
const ALGORITHMS: readonly string[] = ['sha256', 'sha384', 'sha512'];

/** What npm registries list; of old packages, SHA-1 alone. */
export const REGISTRY_ALGORITHMS: readonly string[] = ['sha1', ...ALGORITHMS];

/**
 * Holds a file against a subresource integrity: of several hashes the strongest kind counts, and one of that kind must
 * fit. `shown` is named in errors. Throws INTEGRITY_MISMATCH, also for a text without a hash that is accepted.
 */
export async function checkIntegrity(
  file: string,
  integrity: string,
  shown: string,
  algorithms = ALGORITHMS,
): Promise<void> {
  const stated = parse(integrity);
  const algorithm = algorithms.findLast((name) => stated?.[name]);
  if (!algorithm) {
    throw new StagedoorError('INTEGRITY_MISMATCH', `${shown}: ${JSON.stringify(integrity)} is not an integrity.`, {
      hint: `Give it as sha512-<base64>, sha384-<base64> or sha256-<base64>.`,
    });
  }
  const found = (await fromStream(createReadStream(file), { algorithms: [algorithm] })).toString();
  if (stated![algorithm]!.some(({ digest }) => `${algorithm}-${digest}` === found)) return;
  throw new StagedoorError('INTEGRITY_MISMATCH', `${shown} has the integrity ${found}, not ${integrity}.`, {
    details: { expected: integrity, found },
  });
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StagedoorError } from '@stagedoor/bundle';

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
  const hashes = integrity.trim().split(/\s+/);
  const algorithm = algorithms.findLast((name) => hashes.some((hash) => hash.startsWith(`${name}-`)));
  if (!algorithm) {
    throw new StagedoorError('INTEGRITY_MISMATCH', `${shown}: ${JSON.stringify(integrity)} is no integrity.`, {
      hint: `Give it as sha512-<base64>, sha384-<base64> or sha256-<base64>.`,
    });
  }
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  const found = `${algorithm}-${hash.digest('base64')}`;
  // Options after a question mark are allowed and mean nothing.
  if (hashes.some((wanted) => wanted.split('?')[0] === found)) return;
  throw new StagedoorError('INTEGRITY_MISMATCH', `${shown} has the integrity ${found}, not ${integrity}.`, {
    details: { expected: integrity, found },
  });
}

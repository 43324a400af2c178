import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ExportOptions } from '../export/plan/options';

/** Options that say where from and where to, not what the bundle is. */
const ELSEWHERE = new Set(['cwd', 'target', 'out', 'pack', 'signal']);

/**
 * Digest of what besides the inputs determines a bundle: this very build of the packager, Node.js and the options.
 */
export function settingsDigest(options: ExportOptions): string {
  const values = Object.entries(options).filter(([name, value]) => !ELSEWHERE.has(name) && typeof value !== 'function');
  const { version, platform, arch } = process;
  return createHash('sha256')
    .update(readFileSync(__filename))
    .update(JSON.stringify([version, platform, arch, values.sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex');
}

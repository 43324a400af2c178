import { join } from 'node:path';

/**
 * What has the commands of a shell wait in each of their pauses for what they mean to wait for: that the portal has taken
 * what lies in its root directory. See untilSettled.mjs.
 */
export function patientShell(portal: { url: string; root: string }): string {
  const [node, script, url, root] = [
    process.execPath,
    join(import.meta.dirname, 'untilSettled.mjs'),
    portal.url,
    portal.root,
  ].map((word) => `'${word.replaceAll(`'`, `'\\''`)}'`);
  return `sleep() { ${node} ${script} ${url} ${root} $(jobs -p); }`;
}

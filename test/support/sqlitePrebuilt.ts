import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { serve } from './serve';
import { tempDir } from './tempDir';

/**
 * Offers the SQLite driver that is installed here for download, as its makers do: whoever installs that version with
 * the returned environment need not compile it. Until the running test ends.
 */
export async function sqlitePrebuilt(): Promise<Record<string, string>> {
  const dir = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { version: string };
  const file = join(await tempDir(), 'driver.tar.gz');
  await create({ file, cwd: dir, gzip: true }, ['build/Release/better_sqlite3.node']);
  const archive = readFileSync(file);
  const url = await serve((request, response) => {
    if (request.url?.includes(`-v${version}-node-v${process.versions.modules}-`)) response.end(archive);
    else response.writeHead(404).end();
  });
  return { npm_config_better_sqlite3_binary_host: url };
}

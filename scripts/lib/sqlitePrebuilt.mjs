import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { repository } from './repository.mjs';

/**
 * Offers the SQLite driver that is installed here for download, as its makers do: whoever installs that version with `env` need
 * not compile it.
 */
export async function startSqlitePrebuilt() {
  const dir = dirname(createRequire(join(repository, 'package.json')).resolve('better-sqlite3/package.json'));
  const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  const temporary = mkdtempSync(join(tmpdir(), 'stagedoor-sqlite-'));
  const file = join(temporary, 'driver.tar.gz');
  await create({ file, cwd: dir, gzip: true }, ['build/Release/better_sqlite3.node']);
  const archive = readFileSync(file);
  rmSync(temporary, { recursive: true });
  const server = createServer((request, response) => {
    if (request.url?.includes(`-v${version}-node-v${process.versions.modules}-`)) response.end(archive);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { env: { npm_config_better_sqlite3_binary_host: `http://127.0.0.1:${server.address().port}` }, stop };
}

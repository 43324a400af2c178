import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { list } from 'tar';

/** Package managers may ignore packages that were published recently. */
const LONG_AGO = '2020-01-01T00:00:00.000Z';

/**
 * Serves packed archives on a free loopback port, as an npm registry serves published packages: an adopter of them runs the commands
 * of the guide as they stand, with the scope @stagedoor set to `url`.
 */
export async function startArchiveRegistry(files) {
  const packages = new Map();
  for (const file of files) {
    const manifest = JSON.parse(await readEntry(file, 'package/package.json'));
    packages.set(manifest.name, { manifest, archive: readFileSync(file) });
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
    const [name, isArchive] = path.split('/-/');
    const found = packages.get(name);
    if (!found) response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    else if (isArchive) response.end(found.archive);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(found, url)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url, stop };
}

function packument({ manifest, archive }, url) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  // Package managers keep archives by name and version: one that an earlier run served is not this one. Yarn adds an unusual address to them.
  const digest = createHash('sha256').update(archive).digest('hex');
  const dist = { tarball: `${url}/${name}/-/${digest}.tgz`, integrity };
  const time = { created: LONG_AGO, modified: LONG_AGO, [version]: LONG_AGO };
  return { name, 'dist-tags': { latest: version }, time, versions: { [version]: { ...manifest, dist } } };
}

async function readEntry(file, wanted) {
  const parts = [];
  await list({
    file,
    onReadEntry: (entry) => void (entry.path === wanted && entry.on('data', (chunk) => parts.push(chunk))),
  });
  return Buffer.concat(parts).toString('utf8');
}

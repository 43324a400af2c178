import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/lib/repository.mjs';
import { integrityOf, packBundle, packName } from './bundlePackage.mjs';
import { freePort } from '../../scripts/lib/port.mjs';

/** Starts a verdaccio whose storage is the new folder `dir`, on a loopback port; the caller stops it. */
export async function startVerdaccio(dir) {
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = {
    storage: join(dir, 'storage'),
    auth: { htpasswd: { file: join(dir, 'htpasswd'), max_users: 1 } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$all' } },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'json', level: 'error' },
    web: { enable: false },
  };
  const file = join(dir, 'config.json');
  await writeFile(file, JSON.stringify(config));
  const program = createRequire(join(repository, 'test/package.json')).resolve('verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [program, '--config', file, '--listen', `127.0.0.1:${port}`], {
    cwd: dir,
    stdio: 'ignore',
  });
  const stop = async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  };
  for (let tries = 0; !(await answers(`${url}-/ping`)); tries++) {
    if (tries === 300 || child.exitCode !== null) {
      await stop();
      throw new Error('verdaccio does not answer');
    }
    await sleep(100);
  }
  return { url, stop };
}

/** Publishes a bundle folder as npm does; gives its integrity. */
export async function publish(url, bundle, scratch) {
  const packageJson = JSON.parse(await readFile(join(bundle, 'package.json'), 'utf8'));
  const { name, version } = packageJson;
  const archive = join(scratch, `${packName(name)}.tgz`);
  await packBundle(bundle, archive);
  const integrity = await integrityOf(archive);
  const data = await readFile(archive);
  const attachment = `${name}-${version}.tgz`;
  const dist = { integrity, tarball: `${url}${name}/-/${attachment}` };
  const answer = await fetch(`${url}${name.replace('/', '%2f')}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      _id: name,
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...packageJson, _id: `${name}@${version}`, dist } },
      _attachments: {
        [attachment]: { content_type: 'application/octet-stream', data: data.toString('base64'), length: data.length },
      },
    }),
  });
  if (!answer.ok) throw new Error(`verdaccio answers ${answer.status}: ${await answer.text()}`);
  return { name, version, integrity, bytes: data.length };
}

async function answers(url) {
  return await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { create } from 'tar';
import { expect, onTestFinished, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { startVerdaccio } from '../support/npmRegistry';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

/** An archive of a package that holds its package.json only. */
async function archive(dir: string, name: string, version: string) {
  const folder = join(dir, `${name}-${version}`);
  await mkdir(join(folder, 'package'), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), JSON.stringify({ name, version }));
  const file = `${folder}.tgz`;
  await create({ file, cwd: folder, gzip: true }, ['package']);
  return { name, version, file };
}

test('a release publishes what the registry lacks, and goes on where an earlier one stopped', async () => {
  const dir = await tempDir();
  const registry = await startVerdaccio();
  onTestFinished(() => registry.stop());
  const npmrc = join(dir, 'npmrc');
  const host = registry.url.replace(/^http:/, '');
  await writeFile(
    npmrc,
    `registry=${registry.url}\n${host}:_authToken=${registry.token}\ncache=${join(dir, 'cache')}\n`,
  );
  const publish = async (...packed: object[]) => {
    const url = pathToFileURL(join(repository, 'scripts/release/publish.mjs')).href;
    const code = `const { publishAll } = await import('${url}'); await publishAll(${JSON.stringify(packed)});`;
    const env = {
      npm_config_userconfig: npmrc,
      npm_config_registry: undefined,
      ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
    };
    return await runProcess(process.execPath, ['--input-type=module', '-e', code], { cwd: dir, env });
  };
  const tags = async (name: string) => {
    const answer = (await (await fetch(`${registry.url}${name}`)).json()) as { 'dist-tags': Record<string, string> };
    return answer['dist-tags'];
  };

  const first = await archive(dir, 'acme-first', '1.0.0');
  const second = await archive(dir, 'acme-second', '1.0.0');
  expect(await publish(first)).toMatchObject({ code: 0, stdout: 'Published acme-first@1.0.0\n' });
  expect(await publish(first, second)).toMatchObject({
    code: 0,
    stdout: 'acme-first@1.0.0 is published already\nPublished acme-second@1.0.0\n',
  });
  expect(await tags('acme-second')).toEqual({ latest: '1.0.0' });

  const next = await archive(dir, 'acme-second', '2.0.0-rc.1');
  expect(await publish(next)).toMatchObject({ code: 0 });
  expect(await tags('acme-second')).toEqual({ latest: '1.0.0', next: '2.0.0-rc.1' });
});

import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../../support/childProcess';
import { freePort } from '../../support/freePort';
import { linkInstalled } from '../../support/linkInstalled';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

const PROGRAM = `
const { createDynamicBackend } = require('@stagedoor/loader');
const backend = createDynamicBackend();
backend.start().then(() => backend.stop()).then(() => process.exit(0), (error) => {
  console.error(error.code, error.message);
  process.exit(1);
});
`;

/** A backend with the loader installed beside what this repository has; `nested` is below the loader, `changed` has another version. */
async function backend({ nested, changed }: { nested?: string; changed?: [name: string, version: string] }) {
  const dir = await tempDir();
  const modules = join(dir, 'node_modules');
  await linkInstalled(join(repository, 'node_modules'), modules);
  const loader = join(modules, '@stagedoor/loader');
  await mkdir(loader, { recursive: true });
  await symlink(join(repository, 'bundle'), join(modules, '@stagedoor/bundle'));
  for (const part of ['dist', 'package.json']) {
    await cp(join(repository, 'loader', part), join(loader, part), { recursive: true });
  }
  if (nested) await copyOf(nested, join(loader, 'node_modules', nested));
  if (changed) {
    const [name, version] = changed;
    await rm(join(modules, name));
    await copyOf(name, join(modules, name));
    const file = join(modules, name, 'package.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), version }));
  }
  const config = {
    app: { baseUrl: 'http://localhost' },
    backend: {
      baseUrl: 'http://localhost',
      listen: { host: '127.0.0.1', port: await freePort() },
      database: { client: 'better-sqlite3', connection: ':memory:' },
    },
    dynamicPlugins: { rootDirectory: 'root', stateDirectory: 'state' },
  };
  await mkdir(join(dir, 'root'));
  await writeFile(join(dir, 'app-config.yaml'), JSON.stringify(config));
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'backend' }));
  await writeFile(join(dir, 'index.cjs'), PROGRAM);
  const { stdout, stderr } = await runProcess(process.execPath, ['index.cjs'], { cwd: dir });
  return { dir, output: stdout + stderr };
}

async function copyOf(name: string, to: string): Promise<void> {
  await cp(join(repository, 'node_modules', name), to, { recursive: true });
}

test('A second copy of a host package below the loader keeps the backend from starting; both are named', async () => {
  const { dir, output } = await backend({ nested: '@backstage/backend-plugin-api' });
  expect(output).toContain('HOST_COPY_NESTED @backstage/backend-plugin-api is installed twice');
  expect(output).toContain(join(dir, 'node_modules/@stagedoor/loader/node_modules/@backstage/backend-plugin-api'));
  expect(output).toContain(join(repository, 'node_modules/@backstage/backend-plugin-api'));
});

test('A host package outside the tested range is a warning, and the backend starts', async () => {
  const { output } = await backend({ changed: ['@backstage/plugin-events-node', '0.99.0'] });
  expect(output).toMatch(/warn.*@backstage\/plugin-events-node 0\.99\.0 is outside the tested range \(.+\)/);
  expect(output).not.toContain('HOST_COPY_NESTED');
});

test('One copy within the tested range is nothing to speak of', async () => {
  const { output } = await backend({});
  expect(output).not.toContain('tested range');
  expect(output).not.toContain('HOST_COPY_NESTED');
});

import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runProcess } from '../support/childProcess';
import { oddFolder } from '../support/oddFolder';
import { repository } from '../support/repository';
import { sqlitePrebuilt } from '../support/sqlitePrebuilt';
import { tempDir } from '../support/tempDir';

/** Calls what the scripts are made of, in a process of its own: gives the result as JSON carries it. */
async function call<T>(module: string, name: string, ...args: unknown[]): Promise<T> {
  const code = `const { ${name} } = await lib('${module}'); console.log(JSON.stringify(${name}(...${JSON.stringify(args)})));`;
  return JSON.parse((await runModule(code, {})).stdout) as T;
}

/** Runs a program that may import what the scripts are made of, with further environment. */
async function runModule(code: string, env: Record<string, string | undefined>) {
  const scripts = pathToFileURL(join(repository, 'scripts/lib/')).href;
  const imports = `const lib = (name) => import(${JSON.stringify(scripts)} + name + '.mjs');`;
  return await runProcess(process.execPath, ['--input-type=module', '-e', `${imports}\n${code}`], { env });
}

describe('npm as the scripts run it', () => {
  test('installs what the lockfile names, whatever a user has set for other projects', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'member'));
    const own = { name: 'x', private: true, devDependencies: { member: 'file:member' } };
    const lock = {
      name: 'x',
      lockfileVersion: 3,
      packages: {
        '': own,
        member: { version: '1.0.0', dev: true },
        'node_modules/member': { resolved: 'member', link: true },
      },
    };
    await writeFile(join(dir, 'member/package.json'), JSON.stringify({ name: 'member', version: '1.0.0' }));
    await writeFile(join(dir, 'package.json'), JSON.stringify(own));
    await writeFile(join(dir, 'package-lock.json'), JSON.stringify(lock));
    const code = `const { npm } = await lib('npm'); await npm(['ci', '--include=dev'], { cwd: ${JSON.stringify(dir)} });`;
    const run = await runModule(code, {
      npm_config_workspace: 'member',
      npm_config_workspaces: 'true',
      npm_config_dry_run: 'true',
      npm_config_global: 'true',
      npm_config_location: 'global',
      npm_config_omit: 'dev',
      npm_config_package_lock: 'false',
      npm_config_package_lock_only: 'true',
      npm_config_before: '2001-01-01',
      npm_config_json: 'true',
      npm_config_loglevel: 'silent',
    });
    expect(run).toMatchObject({ code: 0 });
    expect(await readdir(join(dir, 'node_modules'))).toContain('member');
  });

  test('says which settings may be the reason when it fails, and not what they are', async () => {
    const dir = await tempDir();
    const code = `const { npm } = await lib('npm');
      await npm(['install', 'is-nowhere'], { cwd: ${JSON.stringify(dir)} }).catch(({ message, hint }) => console.log(message, hint));`;
    const { stdout } = await runModule(code, { npm_config_offline: 'true', HTTPS_PROXY: 'http://user:secret@proxy' });
    expect(stdout).toMatch(/^`npm install is-nowhere` ended with 1:\n[^]*ENOTCACHED/);
    expect(stdout).toMatch(/It runs with your .*HTTPS_PROXY, .*npm_config_offline\b/);
    expect(stdout).not.toContain('secret');
  });
});

describe('The SQLite driver', () => {
  test('is compiled in its place only where make and the shell take its path as it is', async () => {
    expect(await call('sqliteDriver', 'compilesIn', '/home/me/code/stagedoor-1.0')).toBe(true);
    const code = `const { compilesIn } = await lib('sqliteDriver');
      const characters = ${JSON.stringify(` #%'"&()$ü;:*?[]{}~!|<>\\^=,\`\t`)};
      console.log([...characters].filter((character) => compilesIn('/a' + character + 'b')).join());`;
    expect((await runModule(code, {})).stdout).toBe('\n');
  });

  test('is otherwise put there from elsewhere', async () => {
    const installed = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
    const driver = join(await oddFolder(), 'node_modules/better-sqlite3');
    await cp(installed, driver, { recursive: true, filter: (path) => path !== join(installed, 'build') });
    const code = `const { npm } = await lib('npm');
      const { buildDriverElsewhere } = await lib('driverElsewhere');
      await buildDriverElsewhere(npm, { driver: process.env.DRIVER });
      process.dlopen({ exports: {} }, process.env.DRIVER + '/build/Release/better_sqlite3.node');
      console.log('loaded');`;
    const env = { ...(await sqlitePrebuilt()), DRIVER: driver, npm_config_ignore_scripts: 'true' };
    expect(await runModule(code, env)).toMatchObject({ code: 0, stdout: 'loaded\n' });
  });
});

test('Nothing asks a proxy for what runs on this machine', async () => {
  const all = 'localhost,127.0.0.1,::1,[::1]';
  const direct = (env: object) => call<Record<string, string>>('proxies', 'directToLoopback', env);
  expect(await direct({})).toEqual({ no_proxy: all, NO_PROXY: all });
  expect((await direct({ NO_PROXY: 'a', no_proxy: 'b' })).NO_PROXY).toBe(`b,${all}`);
});

test('The suite runs with what a user has set of registries, and without what is for other projects', async () => {
  const kept = {
    PATH: 'x',
    npm_config_registry: 'x',
    npm_config_nodedir: 'x',
    npm_config_cafile: 'x',
    npm_config_cache: 'x',
  };
  const left = {
    npm_config_dry_run: 'true',
    NPM_CONFIG_OMIT: 'dev',
    npm_config_save_exact: 'true',
    npm_config_global: '1',
  };
  expect(await call('npmSettings', 'withoutNpmSettings', { ...kept, ...left })).toEqual(kept);
});

test('A temporary folder that is not there is named before anything is run', async () => {
  const TMPDIR = join(await tempDir(), 'absent');
  const run = await runProcess(process.execPath, [join(repository, 'scripts/test.mjs')], { env: { TMPDIR } });
  expect(run).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^\nerror: The temporary .*absent[^]*hint: .*TMPDIR/),
  });
});

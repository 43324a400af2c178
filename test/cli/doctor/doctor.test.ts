import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';
import { filesOf, fixturePackage, stagedoor } from '../export/exportSupport';

interface Finding {
  level: string;
  subject: string;
  message: string;
  fix: string;
  code?: string;
}

/** Runs `stagedoor doctor --json`. */
async function doctor(
  cwd: string,
  ...args: string[]
): Promise<{ code: number | null; findings: Finding[]; kinds: string[]; writers?: object }> {
  const { code, stdout, stderr } = await stagedoor(cwd, 'doctor', '--json', ...args);
  if (stderr !== '') throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as { findings: Finding[]; kinds: string[]; writers?: object }) };
}

/** Changes the package.json of a plugin. */
async function edit(dir: string, changes: Record<string, unknown>): Promise<void> {
  const file = join(dir, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...manifest, ...changes }));
}

/** A plugin that nothing is wrong with. */
async function healthyPlugin(): Promise<string> {
  const dir = await fixturePackage('own-files');
  await edit(dir, {
    scripts: { 'export-dynamic': 'export-dynamic' },
    backstage: { role: 'backend-plugin', pluginId: 'own-files' },
  });
  await writeFile(join(dir, 'package-lock.json'), '{"name": "x", "lockfileVersion": 3, "packages": {}}');
  return dir;
}

/** A portal that nothing is wrong with, and what of its config is changed. */
async function portal(settings: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Promise<string> {
  const dir = await tempDir();
  await mkdir(join(dir, 'plugins'));
  await stagedoor(dir, 'keygen', '--out', 'key', '--unencrypted');
  const config = {
    permission: { enabled: true },
    dynamicPlugins: {
      rootDirectory: 'plugins',
      auth: { unauthenticated: 'listed' },
      signatures: { mode: 'require', trustedKeys: ['key.pub.pem'] },
      ...settings,
    },
    ...more,
  };
  await writeFile(join(dir, 'app-config.yaml'), JSON.stringify(config));
  const dependencies = { '@example/plugin-permission-backend-module-example': '1.0.0' };
  await mkdir(join(dir, 'backend'));
  await writeFile(join(dir, 'backend/package.json'), JSON.stringify({ name: 'backend', dependencies }));
  return dir;
}

async function signedDrop(dir: string): Promise<string> {
  const bundle = await fixtureBundle(dir, 'greeter');
  await stagedoor(dir, 'sign', bundle, '--key', 'key.pem');
  await dropFolder(bundle, join(dir, 'plugins'), 'greeter');
  return join(dir, 'plugins/greeter');
}

describe('stagedoor doctor, of a plugin', () => {
  test('finds nothing wrong with one that is as it should be, and changes nothing', async () => {
    const dir = await healthyPlugin();
    const before = await filesOf(dir);
    expect(await doctor(dir)).toMatchObject({ code: 0, kinds: ['plugin'], findings: [] });
    expect(await filesOf(dir)).toEqual(before);
  });

  test('warns of what an export does without, and people do not', async () => {
    const dir = await fixturePackage('own-files');
    await edit(dir, { scripts: {}, backstage: { role: 'backend-plugin' } });
    const { code, findings } = await doctor(dir);
    expect(code).toBe(0);
    expect(findings.map(({ level, fix }) => `${level}: ${fix}`)).toEqual([
      expect.stringMatching(/^warning: Add "export-dynamic"/),
      expect.stringMatching(/^warning: Add the id/),
      expect.stringMatching(/^warning: Install with npm, Yarn or pnpm/),
    ]);
  });

  test('warns where the repository made backstage-cli lose its own commands', async () => {
    const root = await tempDir();
    const dir = join(root, 'plugins/own-files');
    await cp(await healthyPlugin(), dir, { recursive: true });
    const modules = { '@backstage/cli': '^0.36.0', '@stagedoor/cli': '^0.1.0' };
    const write = async (devDependencies: object) =>
      await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'root', devDependencies }));
    await write(modules);
    expect((await doctor(dir)).findings).toMatchObject([
      { level: 'warning', fix: expect.stringContaining('@backstage/cli-defaults') },
    ]);
    await write({ ...modules, '@backstage/cli-defaults': '^0.1.0' });
    expect((await doctor(dir)).findings).toEqual([]);
  });

  test.each([
    ['a role that is missing', { backstage: {} }, 'ROLE_MISSING'],
    ['a role that no portal loads', { backstage: { role: 'cli' } }, 'ROLE_UNSUPPORTED'],
    ['a package.json with a field of another type', { version: 1 }, 'PACKAGE_JSON_INVALID'],
  ])('finds %s', async (_, changes, code) => {
    const dir = await healthyPlugin();
    await edit(dir, changes);
    const diagnosis = await doctor(dir);
    expect(diagnosis).toMatchObject({ code: 1, findings: [{ level: 'error', code }] });
    expect(diagnosis.findings[0]?.fix).not.toBe('');
  });

  test('finds what is not installed, and a host that it does not fit', async () => {
    const dir = await healthyPlugin();
    const host = join(dir, 'host.json');
    const shared = { '@backstage/backend-plugin-api': '0.1.0' };
    await writeFile(host, JSON.stringify({ node: '20.0.0', platform: 'linux', arch: 'x64', abi: '115', shared }));
    expect(await doctor(dir, '--host', host)).toMatchObject({ code: 1, findings: [{ code: 'PEER_UNSATISFIED' }] });
    await writeFile(join(dir, 'src/index.ts'), "import x from 'not-installed';\nexport default x;\n");
    expect(await doctor(dir)).toMatchObject({ code: 1, findings: [{ code: 'DEPENDENCY_NOT_INSTALLED' }] });
  });
});

describe('stagedoor doctor, of a portal', () => {
  test('finds nothing wrong with one that is as it should be', async () => {
    const dir = await portal();
    await signedDrop(dir);
    expect(await doctor(dir)).toMatchObject({ code: 0, kinds: ['portal'], findings: [] });
  });

  test('takes relative paths of an app of create-app from its backend package, for which the config of the root folder counts', async () => {
    const app = await portal({ rootDirectory: '../../plugins', signatures: { mode: 'off' } });
    await mkdir(join(app, 'packages/backend'), { recursive: true });
    await writeFile(
      join(app, 'packages/backend/package.json'),
      '{"name": "backend", "backstage": {"role": "backend"}}',
    );
    for (const folder of [app, join(app, 'packages/backend')]) {
      const { code, kinds, findings } = await doctor(folder);
      expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
      expect({ code, kinds }).toEqual({ code: 0, kinds: ['portal'] });
    }
  });

  test('warns of what could be safer', async () => {
    const dir = await portal({ auth: undefined, signatures: undefined }, { permission: undefined });
    await chmod(join(dir, 'plugins'), 0o777);
    const { code, findings } = await doctor(dir);
    expect(code).toBe(0);
    expect(findings.map(({ subject }) => subject)).toEqual([
      join(dir, 'plugins'),
      'dynamicPlugins.signatures.mode',
      'permission.enabled',
      'dynamicPlugins.auth.unauthenticated',
    ]);
  });

  test('warns of plugins that run in the portal, where others do not, whatever bundle they come from', async () => {
    const plugins = {
      auth: { isolation: 'in-process' },
      named: { isolation: 'in-process', packages: ['named-dynamic'] },
      other: { memoryLimitMb: 100 },
    };
    const dir = await portal({ isolation: 'process', process: { permissionModel: true }, plugins });
    expect((await doctor(dir)).findings).toEqual([
      expect.objectContaining({ level: 'warning', subject: 'dynamicPlugins.plugins.auth' }),
    ]);
    expect((await doctor(await portal({ plugins }))).findings).toEqual([]);
  });

  test.each([
    ['no root directory', { rootDirectory: undefined }, 'app-config', /rootDirectory is not set/],
    ['one that is not a folder', { rootDirectory: 'absent' }, /absent$/, /is not a folder/],
    ['a state directory in it', { stateDirectory: 'plugins/state' }, /state$/, /treated as a drop/],
    ['a mode that is none', { signatures: { mode: 'on' } }, /mode$/, /"on"/],
    ['no key to trust', { signatures: { mode: 'require' } }, /trustedKeys$/, /No key is trusted/],
    ['a key that is none', { signatures: { mode: 'require', trustedKeys: ['app-config.yaml'] } }, /trustedKeys$/, /./],
  ])('finds %s', async (_, settings, subject, message) => {
    const { code, findings } = await doctor(await portal(settings));
    expect(code).toBe(1);
    const [finding] = findings;
    expect(finding?.level).toBe('error');
    expect(finding?.subject).toMatch(subject);
    expect(finding?.message).toMatch(message);
    expect(finding?.fix).not.toBe('');
  });

  test('finds bundles that were changed, are not signed, or lie there twice, and what is no bundle', async () => {
    const dir = await portal();
    const drop = await signedDrop(dir);
    await dropFolder(drop, join(dir, 'plugins'), 'twice');
    await dropFolder(await fixtureBundle(dir, 'greeter'), join(dir, 'plugins'), 'unsigned');
    await dropFolder(drop, join(dir, 'plugins'), 'changed');
    await writeFile(join(dir, 'plugins/changed/extra.js'), '');
    await writeFile(join(dir, 'plugins/notes.txt'), '');
    const { code, findings } = await doctor(dir);
    expect(code).toBe(1);
    expect(findings.map(({ subject, code: fault = 'warning' }) => [subject.split('/').pop(), fault])).toEqual([
      ['changed', 'DIGEST_MISMATCH'],
      ['unsigned', 'SIGNATURE_MISSING'],
      ['notes.txt', 'warning'],
      ['twice', 'warning'],
    ]);
  });

  describe('says who may change plugins', () => {
    const ALLOW_ALL = '@backstage/plugin-permission-backend-module-allow-all-policy';

    async function writersOf(dir: string): Promise<{ writers: object | undefined; warned: string[] }> {
      const { findings, writers } = await doctor(dir);
      return { writers, warned: findings.map(({ subject }) => subject) };
    }

    async function dependOn(dir: string, name: string): Promise<void> {
      await writeFile(join(dir, 'backend/package.json'), JSON.stringify({ dependencies: { [name]: '1.0.0' } }));
    }

    test('by the config, the policy that the portal depends on, and the tokens of services', async () => {
      const externalAccess = [
        { type: 'static', options: { token: 'x', subject: 'ci' }, accessRestrictions: [{ plugin: 'dynamic-plugins' }] },
        { type: 'static', options: { token: 'y', subject: 'other' } },
      ];
      const settings = { operators: ['group:default/platform'], upload: { enabled: false } };
      const dir = await portal(settings, { backend: { auth: { externalAccess } } });
      const policy = '@example/plugin-permission-backend-module-example';
      expect(await writersOf(dir)).toEqual({
        writers: { operators: ['group:default/platform'], policy, services: ['ci'], upload: false },
        warned: [],
      });
      expect((await stagedoor(dir, 'doctor')).stdout).toContain(
        `may change plugins: group:default/platform, users that the permission policy (${policy}) allows, ` +
          'the service ci (uploads are disabled)\n',
      );
    });

    test.each([
      ['a folder', dropFolder],
      ['an archive', (bundle: string, root: string, entry: string) => dropArchive(bundle, root, `${entry}.tgz`)],
    ])('by a policy that is dropped as %s', async (_, drop) => {
      const dir = await portal({ signatures: { mode: 'off' } });
      await dependOn(dir, ALLOW_ALL);
      await drop(await fixtureBundle(dir, 'permission-policy'), join(dir, 'plugins'), 'permission-policy');
      expect((await doctor(dir)).writers).toMatchObject({ policy: 'permission-policy-dynamic' });
    });

    test('and warns where no policy is installed but that of create-app, or permissions are off', async () => {
      const dir = await portal();
      await dependOn(dir, ALLOW_ALL);
      const { findings, writers } = await doctor(dir);
      expect(writers).toMatchObject({ policy: 'none', operators: [] });
      expect(findings).toMatchObject([{ level: 'warning', subject: 'permission.enabled' }]);
      expect(findings[0]!.message).toContain('No permission policy was found');
      expect((await stagedoor(dir, 'doctor')).stdout).toContain('may change plugins: nobody through the portal;');
      const off = await portal({}, { permission: { enabled: false } });
      expect(await writersOf(off)).toMatchObject({ writers: { policy: 'off' }, warned: ['permission.enabled'] });
    });

    test("and warns of Backstage's allow-all policy as a bundle", async () => {
      const dir = await portal({ signatures: { mode: 'off' } });
      await dependOn(dir, ALLOW_ALL);
      const bundle = await fixtureBundle(dir, 'permission-policy', { packageJson: { name: `${ALLOW_ALL}-dynamic` } });
      await dropFolder(bundle, join(dir, 'plugins'), 'allow-all');
      expect((await writersOf(dir)).warned).toContain(`${ALLOW_ALL}-dynamic`);
    });

    test('and warns where guests may sign in anywhere and are operators', async () => {
      const settings = { operators: ['user:development/guest'] };
      const guest = { dangerouslyAllowOutsideDevelopment: true };
      const open = await portal(settings, { auth: { providers: { guest } } });
      expect((await writersOf(open)).warned).toEqual(['dynamicPlugins.operators']);
      const developing = await portal(settings, { auth: { providers: { guest: {} } } });
      expect((await writersOf(developing)).warned).toEqual([]);
    });
  });

  test('takes the config files that the portal is started with, and says which is missing', async () => {
    const dir = await portal();
    await writeFile(join(dir, 'more.yaml'), 'dynamicPlugins: { rootDirectory: absent }');
    const both = ['--config', 'app-config.yaml', '--config', 'more.yaml'];
    expect((await doctor(dir, ...both)).findings[0]?.message).toMatch(/is not a folder/);
    expect(await doctor(dir, '--config', 'absent.yaml')).toMatchObject({ findings: [{ code: 'CONFIG_FILE_MISSING' }] });
  });
});

describe('stagedoor doctor', () => {
  test('prints each finding with its fix, and a summary', async () => {
    const { code, stdout } = await stagedoor(await portal({ rootDirectory: undefined }), 'doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^error: app-config: .*\n {2}fix: Set it to a folder for bundles\.\nportal .*: 1 errors, 0 warnings\n$/,
    );
  });

  test('says where there is nothing to examine', async () => {
    const { code, stderr } = await stagedoor(await tempDir(), 'doctor');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: .*neither a package\.json nor an app-config\.yaml.\nhint: /m);
  });
});

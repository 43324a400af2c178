import { mkdir, rename, rm, rmdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../../support/bundles';
import { GREETER, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

/** A greeter that the host must refuse, or take, for what it declares. */
interface Declared {
  what: string;
  options: FixtureOptions;
  code: string;
  says: string;
}

const native = { platform: process.platform, arch: process.arch, abi: process.versions.modules };

const refused: Declared[] = [
  {
    what: 'needs another release of a shared package',
    options: { shared: { '@backstage/backend-plugin-api': '^99.0.0' } },
    code: 'PEER_UNSATISFIED',
    says: '@backstage/backend-plugin-api ^99.0.0',
  },
  {
    what: 'needs a later minor release of a shared package below 1.0',
    options: { shared: { '@backstage/plugin-events-node': '^0.99.0' } },
    code: 'PEER_UNSATISFIED',
    says: '@backstage/plugin-events-node ^0.99.0',
  },
  {
    what: 'expects a package that the host does not share',
    options: { shared: { '@backstage/plugin-catalog-node': '^1.0.0' } },
    code: 'PEER_UNKNOWN',
    says: '@backstage/plugin-catalog-node',
  },
  {
    what: 'contains native code for another platform',
    options: { manifest: { native: { ...native, platform: 'plan9' } } },
    code: 'PLATFORM_MISMATCH',
    says: 'plan9',
  },
  {
    what: 'contains native code for another Node ABI',
    options: { manifest: { native: { ...native, abi: '1' } } },
    code: 'PLATFORM_MISMATCH',
    says: 'ABI 1',
  },
  {
    what: 'is of a later format',
    options: { manifest: { format: 2 } },
    code: 'FORMAT_UNSUPPORTED',
    says: 'format 2',
  },
  {
    what: 'has a manifest of another package',
    options: { manifest: { name: 'someone-else' } },
    code: 'MANIFEST_INVALID',
    says: 'different packages',
  },
  {
    what: 'has no role',
    options: { sealed: false, packageJson: { backstage: {} } },
    code: 'ROLE_MISSING',
    says: 'backstage.role',
  },
  {
    what: 'is a library',
    options: { sealed: false, packageJson: { backstage: { role: 'node-library' } } },
    code: 'ROLE_UNSUPPORTED',
    says: 'node-library',
  },
  {
    what: 'points main out of itself',
    options: { packageJson: { main: '../../../../etc/passwd' } },
    code: 'MAIN_OUTSIDE',
    says: 'main',
  },
  {
    what: 'points main at nothing',
    options: { packageJson: { main: 'gone.js' } },
    code: 'MAIN_MISSING',
    says: 'gone.js',
  },
];

describe('a bundle that', () => {
  test.each(refused)('$what is rejected with $code', async ({ options, code, says }) => {
    const backend = await startBackend();
    const bundle = await fixtureBundle(await tempDir(), 'greeter', options);
    await dropFolder(bundle, backend.root, 'greeter');
    const name = code === 'MANIFEST_INVALID' || code === 'FORMAT_UNSUPPORTED' ? 'greeter' : GREETER;
    const status = await backend.until(name, 'rejected');
    expect(status).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(status!.hint).toBeTruthy();
    expect(await greeterVersion(backend)).toBe(404);
  });

  test('was made for the release before is loaded, and the log says so once', async () => {
    const backend = await startBackend();
    const shared = { '@backstage/plugin-events-node': '^0.1.0' };
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { shared }), backend.root, 'greeter');
    await backend.until(GREETER, 'running');
    const said = backend.logs.filter((line) => line.includes('was made for an earlier release of Backstage'));
    expect(said).toEqual([expect.stringMatching(/plugin-events-node 0\.\d+\.\d+ \(made for \^0\.1\.0\)/)]);
  });

  test('carries a later interface than the app has is loaded with a warning, or refused if the operator says so', async () => {
    const shared = {
      '@backstage/frontend-plugin-api': '>=9.1.0',
      '@backstage/core-plugin-api': '>=1.1.0',
      react: '^17.0.0',
    };
    const bundle = await fixtureBundle(await tempDir(), 'page', { shared });
    const found =
      /page-dynamic needs @backstage\/frontend-plugin-api >=9\.1\.0; the app of this portal has 1\.\d+\.\d+\./;
    const lenient = await startBackend();
    await dropFolder(bundle, lenient.root, 'page');
    await lenient.until('page-dynamic', 'running');
    const said = lenient.logs.filter((line) => line.includes('PEER_UNSATISFIED'));
    expect(said).toEqual([expect.stringMatching(found)]);

    const strict = await startBackend({ dynamicPlugins: { versions: 'refuse' } });
    await dropFolder(bundle, strict.root, 'page');
    expect(await strict.until('page-dynamic', 'rejected')).toMatchObject({
      code: 'PEER_UNSATISFIED',
      message: expect.stringMatching(found),
      hint: expect.stringContaining('--host'),
    });
    await dropFolder(
      await fixtureBundle(await tempDir(), 'page', { shared: { react: '^17.0.0' } }),
      strict.root,
      'page',
    );
    await strict.until('page-dynamic', 'running');
  });

  test('contains native code for this very host is loaded', async () => {
    const backend = await startBackend();
    await dropFolder(
      await fixtureBundle(await tempDir(), 'greeter', { manifest: { native } }),
      backend.root,
      'greeter',
    );
    await backend.until(GREETER, 'running');
  });
});

describe('the config schema of a bundle', () => {
  const schema = {
    backstageConfigSchemaVersion: 1,
    schemas: [
      {
        packageName: GREETER,
        path: 'config.d.ts',
        value: {
          type: 'object',
          properties: { greeter: { type: 'object', properties: { times: { type: 'number' } } } },
        },
      },
    ],
  };

  test.each(['dist/.config-schema.json', 'dist/configSchema.json'])(
    'in %s is held against app-config',
    async (file) => {
      const backend = await startBackend({ config: { greeter: { times: 'twice' } } });
      const bundle = await fixtureBundle(await tempDir(), 'greeter', { sealed: false });
      await mkdir(join(bundle, 'dist'));
      await writeFile(join(bundle, file), JSON.stringify(schema));
      await dropFolder(bundle, backend.root, 'greeter');
      const status = await backend.until(GREETER, 'rejected');
      expect(status).toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('greeter.times must be number'),
      });
    },
  );

  test('lets a fitting app-config through, and refuses to be nonsense', async () => {
    const backend = await startBackend({ config: { greeter: { times: 2 } } });
    const bundle = await fixtureBundle(await tempDir(), 'greeter', { sealed: false });
    await mkdir(join(bundle, 'dist'));
    await writeFile(join(bundle, 'dist/.config-schema.json'), JSON.stringify(schema));
    await dropFolder(bundle, backend.root, 'greeter');
    await backend.until(GREETER, 'running');
    await writeFile(join(bundle, 'dist/.config-schema.json'), '{ not json');
    await dropFolder(bundle, backend.root, 'greeter');
    expect(await backend.until(GREETER, 'rejected')).toMatchObject({ code: 'CONFIG_SCHEMA_INVALID' });
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });
});

describe('a drop that is no bundle', () => {
  const drops: Array<{ what: string; code: string; make: (dir: string) => Promise<void> }> = [
    { what: 'an empty folder', code: 'PACKAGE_JSON_MISSING', make: async () => {} },
    {
      what: 'broken JSON',
      code: 'PACKAGE_JSON_INVALID',
      make: (dir) => writeFile(join(dir, 'package.json'), '{"name":'),
    },
    {
      what: 'a package.json of 10 MB',
      code: 'PACKAGE_JSON_INVALID',
      make: async (dir) => {
        await writeFile(join(dir, 'package.json'), '{}');
        await truncate(join(dir, 'package.json'), 10 * 1024 * 1024);
      },
    },
    {
      what: 'a name that leads elsewhere',
      code: 'PACKAGE_JSON_INVALID',
      make: (dir) => writeFile(join(dir, 'package.json'), '{"name":"../../escape","version":"1.0.0"}'),
    },
    {
      what: 'a FIFO for package.json',
      code: 'PACKAGE_JSON_MISSING',
      make: async (dir) => void execFileSync('mkfifo', [join(dir, 'package.json')]),
    },
    {
      what: 'a FIFO among its files',
      code: 'ARCHIVE_UNSAFE',
      make: async (dir) => {
        await writeFile(join(dir, 'package.json'), '{"name":"queued","version":"1.0.0"}');
        execFileSync('mkfifo', [join(dir, 'queue')]);
      },
    },
    {
      what: 'a link that is the drop and leads to /',
      code: 'PACKAGE_JSON_MISSING',
      make: async (dir) => {
        await rmdir(dir);
        await symlink('/', dir);
      },
    },
    {
      what: 'a link to /',
      code: 'ARCHIVE_UNSAFE',
      make: async (dir) => {
        await writeFile(join(dir, 'package.json'), '{"name":"linked","version":"1.0.0"}');
        await symlink('/', join(dir, 'all'));
      },
    },
    {
      what: 'a link to a file outside',
      code: 'ARCHIVE_UNSAFE',
      make: async (dir) => {
        await writeFile(join(dir, 'package.json'), '{"name":"linked","version":"1.0.0"}');
        await symlink('/etc/passwd', join(dir, 'users'));
      },
    },
  ];

  test('is rejected by name, and the portal goes on', async () => {
    const backend = await startBackend();
    await Promise.all(
      drops.map(async ({ make }, index) => {
        const dir = join(await tempDir(), 'drop');
        await mkdir(dir);
        await make(dir);
        await rename(dir, join(backend.root, `drop-${index}`));
      }),
    );
    await Promise.all(
      drops.map(async ({ what, code }, index) => {
        const status = await backend.until(`drop-${index}`, 'rejected');
        expect([what, status!.code]).toEqual([what, code]);
        expect(status!.hint).toBeTruthy();
      }),
    );
    await rm(backend.root, { recursive: true });
    await mkdir(backend.root);
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
  });

  test('such as a file that is no archive is rejected', async () => {
    const backend = await startBackend();
    await writeFile(join(backend.root, 'noise.tgz'), Buffer.alloc(4096, 'noise'));
    expect(await backend.until('noise.tgz', 'rejected')).toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

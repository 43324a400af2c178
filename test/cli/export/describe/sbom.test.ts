import { SBOM_FILE, checkFiles, listFiles, readManifest } from '@stagedoor/bundle';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../support/repository';
import { tempDir } from '../../../support/tempDir';
import { exported, fixturePackage } from '../exportSupport';
import { exportUnverified, installedWorkspace } from '../check/lockfileSupport';

interface Component {
  'bom-ref': string;
  group?: string;
  name: string;
  version: string;
  purl: string;
  hashes?: Array<{ alg: string; content: string }>;
  licenses: unknown[];
  properties: Array<{ name: string; value: string }>;
}

interface Sbom {
  specVersion: string;
  serialNumber: string;
  metadata: { timestamp?: string; component: Component };
  components: Component[];
  dependencies: Array<{ ref: string; dependsOn: string[] }>;
}

async function sbomOf(dir: string): Promise<Sbom> {
  return JSON.parse(await readFile(join(dir, SBOM_FILE), 'utf8')) as Sbom;
}

async function schemaFaults(dir: string): Promise<unknown> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  return await validator.validate(await readFile(join(dir, SBOM_FILE), 'utf8'));
}

const fullName = ({ group, name }: Component): string => (group ? `${group}/${name}` : name);

const values = ({ properties }: Component, name: string): string[] =>
  properties.filter((property) => property.name === `stagedoor:${name}`).map(({ value }) => value);

/** The refs that can be reached from `from`, itself included. */
function reached({ dependencies }: Sbom, from: string): Set<string> {
  const edges = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const seen = new Set([from]);
  for (const ref of seen) for (const next of edges.get(ref) ?? []) seen.add(next);
  return seen;
}

const bundles: Array<[string, { cwd: string; target?: string; hoisted: string[] }]> = [
  ['the hello example', { cwd: 'examples/hello-dynamic-backend', hoisted: [] }],
  ['sonarqube', { cwd: 'test', target: '@backstage-community/plugin-sonarqube-backend', hoisted: [] }],
  ['todo, which hoists', { cwd: 'test', target: '@backstage-community/plugin-todo-backend', hoisted: ['leasot'] }],
  ['notifications', { cwd: 'test', target: '@backstage/plugin-notifications-backend', hoisted: [] }],
];

describe.each(bundles)('The bill of materials of %s', (_, { cwd, target, hoisted }) => {
  it('is valid CycloneDX 1.6 and names every package with version, licence, integrity and weight', async () => {
    const out = join(await tempDir(), 'bundle');
    const args = ['--no-start-check', '--out', out, ...(target ? [target] : [])];
    const result = await exported(join(repository, cwd), ...args);
    expect(await schemaFaults(out)).toBeNull();
    const sbom = await sbomOf(out);
    expect(fullName(sbom.metadata.component)).toBe(result.name);
    expect(sbom.metadata.component.version).toBe(result.version);

    const inlined = sbom.components.filter((component) => values(component, 'placement').includes('inlined'));
    const weights = inlined.map((component) => ({
      name: fullName(component),
      version: component.version,
      bytes: Number(values(component, 'bytes')[0]),
    }));
    const byId = (a: { name: string; version: string }, b: { name: string; version: string }): number =>
      `${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1;
    expect(weights.sort(byId)).toEqual([...result.inlined].sort(byId));

    const tops = (await readManifest(out))!.files
      .map(({ path }) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter((name) => name !== undefined);
    const copied = sbom.components.filter((component) => values(component, 'placement').includes('hoisted'));
    expect(new Set(copied.map(fullName))).toEqual(new Set(tops));
    expect(copied.filter((component) => values(component, 'reason').length > 0).map(fullName)).toEqual(hoisted);

    for (const component of sbom.components) {
      expect(component.purl, fullName(component)).toBe(
        `pkg:npm/${fullName(component).replace('@', '%40')}@${component.version}`,
      );
      expect(component.hashes, fullName(component)).toEqual([
        { alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string },
      ]);
      expect(component.licenses, fullName(component)).toHaveLength(1);
    }
  });

  it('says which package imports which, and every one is reached from the plugin', async () => {
    const out = join(await tempDir(), 'bundle');
    await exported(join(repository, cwd), '--no-start-check', '--out', out, ...(target ? [target] : []));
    const sbom = await sbomOf(out);
    const refs = [sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref']);
    expect(sbom.dependencies.map(({ ref }) => ref).sort()).toEqual(refs.sort());
    expect([...reached(sbom, sbom.metadata.component['bom-ref'])].sort()).toEqual(refs);
  });
});

describe('A bundle with an unusual dependency', () => {
  /** A plugin that imports one package whose package.json says `fields` beside name and version. */
  async function exportWith(fields: object, files: Record<string, string> = {}): Promise<string> {
    const dir = await fixturePackage('own-files');
    const library = join(dir, 'node_modules/unusual');
    await mkdir(library, { recursive: true });
    await writeFile(join(library, 'package.json'), JSON.stringify({ name: 'unusual', version: '1.0.0+x', ...fields }));
    await writeFile(join(library, 'index.js'), 'module.exports = 42;');
    for (const [name, text] of Object.entries(files)) await writeFile(join(library, name), text);
    const entry = join(dir, 'src/index.ts');
    await writeFile(entry, `import answer from 'unusual';\nconsole.log(answer);\n${await readFile(entry, 'utf8')}`);
    const manifest = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as { dependencies: object };
    manifest.dependencies = { ...manifest.dependencies, unusual: '*' };
    await writeFile(join(dir, 'package.json'), JSON.stringify(manifest));
    return (await exported(dir, '--no-start-check')).path;
  }

  it.each([
    [{ license: 'MIT' }, { license: { id: 'MIT' } }],
    [{ license: '(MIT OR Apache-2.0)' }, { expression: '(MIT OR Apache-2.0)' }],
    [
      { license: 'GPL-2.0-only WITH Classpath-exception-2.0' },
      { expression: 'GPL-2.0-only WITH Classpath-exception-2.0' },
    ],
    [{ license: 'SEE LICENSE IN EULA.txt' }, { license: { name: 'SEE LICENSE IN EULA.txt' } }],
    [{ license: { type: 'ISC', url: 'https://example.com' } }, { license: { id: 'ISC' } }],
    [{ licenses: [{ type: 'MIT' }, { type: 'BSD-3-Clause' }] }, { expression: '(MIT OR BSD-3-Clause)' }],
    [{}, { license: { name: 'not stated' } }],
  ])('states the licence of %j as it is', async (fields, stated) => {
    const path = await exportWith(fields);
    expect(await schemaFaults(path)).toBeNull();
    const { components } = await sbomOf(path);
    expect(components).toMatchObject([{ purl: 'pkg:npm/unusual@1.0.0%2Bx', licenses: [stated] }]);
  });

  it('carries its licence and notice texts, line ends alike, and leaves other files with such names', async () => {
    const path = await exportWith(
      { license: 'MIT' },
      { 'LICENSE.md': 'Do as\r\nyou like.\r\n', NOTICE: 'By somebody.', 'licenses.json': '{"not": "a text"}' },
    );
    const text = await readFile(join(path, 'THIRD_PARTY_LICENSES'), 'utf8');
    expect(text).toContain(
      'unusual@1.0.0+x\nLicence: MIT\n\nLICENSE.md:\n\nDo as\nyou like.\n\nNOTICE:\n\nBy somebody.\n',
    );
    expect(text).not.toContain('not": "a text');
  });

  it('says so where a package comes without a licence text', async () => {
    const text = await readFile(join(await exportWith({}), 'THIRD_PARTY_LICENSES'), 'utf8');
    expect(text).toContain('unusual@1.0.0+x\nLicence: not stated\n\nThe package comes without a licence file.\n');
  });
});

describe('Integrity', () => {
  it.each(['npm-2', 'npm-3', 'yarn-classic', 'pnpm-6', 'pnpm-9'])('is what a lockfile of %s states', async (kind) => {
    const workspace = await installedWorkspace(kind);
    await exportUnverified(workspace);
    const { components } = await sbomOf(join(workspace.plugin, 'dist-dynamic'));
    const odd = components.find(({ name }) => name === 'fixture-odd');
    const content = Buffer.from(
      '1eLK7t7TnxikyVz2D7rhAPOugtbeXTamTSKkrIkiurqykdK+nYP76SuPeaCecVWPODztl3gtiWPluTb2cCqgDA==',
      'base64',
    ).toString('hex');
    expect(odd?.hashes).toEqual([{ alg: 'SHA-512', content }]);
    // What lies in the workspace has none.
    const common = components.find(({ name }) => name === 'common')!;
    expect(common).toMatchObject({ group: '@fixture', version: '0.1.0' });
    expect(common).not.toHaveProperty('hashes');
  });

  it('is the checksum of Yarn berry, which is of no file that a registry serves, and so no hash', async () => {
    const workspace = await installedWorkspace('yarn-berry');
    await exportUnverified(workspace);
    const bundle = join(workspace.plugin, 'dist-dynamic');
    expect(await schemaFaults(bundle)).toBeNull();
    const { components } = await sbomOf(bundle);
    const lockfile = await readFile(join(workspace.root, 'yarn.lock'), 'utf8');
    const [checksum] = values(
      components.find(({ name }) => name === 'fixture-odd')!,
      'yarn-checksum',
    );
    expect(checksum).toMatch(/^10c0\/[0-9a-f]{128}$/);
    expect(lockfile).toContain(`resolution: "fixture-odd@npm:1.0.0"`);
    expect(lockfile).toContain(`checksum: ${checksum}`);
    expect(components.filter(({ hashes }) => hashes !== undefined)).toEqual([]);
  });
});

it('a bundle of own code only has an empty bill, and both files are under its digest', async () => {
  const dir = await fixturePackage('own-files');
  const { path } = await exported(dir, '--no-start-check');
  expect((await sbomOf(path)).components).toEqual([]);
  expect(await readFile(join(path, 'THIRD_PARTY_LICENSES'), 'utf8')).toBe(
    'Third-party packages in @fixture/own-files-dynamic@1.0.0: none\n',
  );
  const manifest = (await readManifest(path))!;
  expect(manifest.files.map((file) => file.path)).toEqual(expect.arrayContaining([SBOM_FILE, 'THIRD_PARTY_LICENSES']));
  checkFiles(manifest, await listFiles(path));
});

it('the bill of two exports is the same, with a serial number and without a time', async () => {
  const texts: string[] = [];
  for (const name of ['one', 'two']) {
    const out = join(await tempDir(), name);
    await exported(join(repository, 'examples/hello-dynamic-backend'), '--no-start-check', '--out', out);
    texts.push(await readFile(join(out, SBOM_FILE), 'utf8'));
  }
  expect(texts[1]).toBe(texts[0]);
  const sbom = JSON.parse(texts[0]!) as Sbom;
  expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(sbom.metadata.timestamp).toBeUndefined();
});

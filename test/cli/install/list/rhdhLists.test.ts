import { packBundle } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { install } from '../../../../cli/src/install/install';
import { rhdhSettingsOf } from '../../../../cli/src/install/rhdhSettings';
import { archiveSource } from '../../../../cli/src/sources/archive/archiveSource';
import { localSource } from '../../../../cli/src/sources/local/localSource';
import { npmSource } from '../../../../cli/src/sources/npm/npmSource';
import { catalogImages } from '../../../../cli/src/sources/oci/catalogImages';
import { ociSource } from '../../../../cli/src/sources/oci/ociSource';
import { startContainerRegistry, type ContainerRegistry } from '../../../support/containerRegistry';
import { packagesAnnotation, putImage } from '../../../support/foreignImage';
import { archiveBytes, type ArchiveEntry } from '../../../support/hostileArchive';
import { repository } from '../../../support/repository';
import { makeTempDir, removeTempDir, tempDir } from '../../../support/tempDir';
import { APP_CONFIG, versionsIn } from '../installSupport';
import { startNpmRegistry } from '../../sources/npm/npmRegistry';
import { cases, type RhdhCase } from './rhdhLists/cases';

const PAGE = join(repository, 'docs/reference/rhdh-lists.md');
const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
/** Stands for registry.access.redhat.com/rhdh and quay.io/rhdh, which tests do not reach. */
const fallback = (): { from: string; to: string } => ({ from: `${images.host}/redhat/`, to: `${images.host}/quay/` });

/** Images whose tag moves while a case runs. */
const MOVING = ['team/moving:1', 'team/moved:1'];

let images: ContainerRegistry;
let web: Server;
let shared: string;
/** What texts of cases stand for. */
const words = new Map<string, string>();

const pluginFiles = (name: string, version = '1.0.0'): Record<string, string> => ({
  'package.json': JSON.stringify({ name, version, main: 'index.js', backstage: { role: 'backend-plugin' } }),
  'index.js': 'module.exports = {};\n',
});

beforeAll(async () => {
  for (const name of Object.keys(process.env)) if (/^npm_config_/i.test(name)) vi.stubEnv(name, undefined);
  images = await startContainerRegistry();
  shared = await makeTempDir();
  await put('team/one:1', { one: pluginFiles('one-dynamic') }, packagesAnnotation('one'));
  await put('team/one:2', { one: pluginFiles('one-dynamic', '2.0.0') }, packagesAnnotation('one'));
  await put(
    'team/two:1',
    { p: pluginFiles('two-p-dynamic'), q: pluginFiles('two-q-dynamic') },
    packagesAnnotation('p', 'q'),
  );
  await put('team/bare:1', { bare: pluginFiles('bare-dynamic') });
  await put('team/odd:1', { odd: pluginFiles('odd-dynamic') }, { 'io.backstage.dynamic-packages': 'bm9uc2Vuc2U=' });
  await put('team/big:1', { big: { ...pluginFiles('big-dynamic'), 'data.bin': randomText(100_000) } });
  await put('other/one:5', { other: pluginFiles('other-dynamic', '5.0.0') });
  await put('quay/late:1', { late: pluginFiles('late-dynamic') });
  await put('team/extra:1', { 'catalog-entities/marketplace': { 'x.yaml': 'kind: Plugin\n' } });
  await put('team/index:1', {
    '.': {
      'dynamic-plugins.default.yaml': `plugins: [{ package: "oci://${images.host}/team/one:2!one", disabled: true }]\n`,
    },
    'catalog-entities/extensions': { 'all.yaml': 'kind: Plugin\n' },
  });
  const c = join(shared, 'c');
  await writeFiles(c, pluginFiles('c-dynamic'));
  const packed = await packBundle(c, join(shared, 'c.tgz'));
  const manifest = await manifestOf('team/one', '1');
  words.set('SHA512', `sha512:${createHash('sha512').update(manifest).digest('hex')}`);
  words.set('DIGEST', `sha256:${createHash('sha256').update(manifest).digest('hex')}`);
  web = createServer((request, response) => void answer(request, response, packed.file, manifest));
  await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
  words.set('oci://WEB', `oci://127.0.0.1:${(web.address() as AddressInfo).port}`);
  words.set('WEB', `http://127.0.0.1:${(web.address() as AddressInfo).port}`);
  words.set('SRI', packed.integrity);
  words.set('HOST_team', `${images.host.replace(':', '_')}_team`);
  words.set('HOST', images.host);
}, 120_000);

afterAll(async () => {
  await images?.stop();
  web?.close();
  await removeTempDir(shared);
  vi.unstubAllEnvs();
});

/** An archive, and the image `team/one:1` by its sha512, which Debian's registry does not know. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  archive: string,
  manifest: Buffer,
): Promise<void> {
  const { url = '' } = request;
  if (url === '/c.tgz') response.end(await readFile(archive));
  else if (url.endsWith(`/manifests/${words.get('SHA512')}`)) {
    response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json').end(manifest);
  } else if (url.includes('/blobs/')) {
    const blob = await fetch(`http://${images.host}${url}`);
    response.end(Buffer.from(await blob.arrayBuffer()));
  } else response.writeHead(404).end();
}

async function put(
  name: string,
  folders: Record<string, Record<string, string>>,
  annotations: Record<string, string> = {},
): Promise<void> {
  const entries = Object.entries(folders).flatMap(([folder, files]) =>
    Object.entries(files).map(([file, content]): ArchiveEntry => ({ path: join(folder, file), content })),
  );
  const [repositoryName, tag = ''] = name.split(':');
  const layer = { mediaType: GZIP, content: gzipSync(archiveBytes(entries)) };
  await putImage(`${images.host}/${repositoryName}`, tag, [layer], annotations);
}

async function manifestOf(name: string, tag: string): Promise<Buffer> {
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const response = await fetch(`http://${images.host}/v2/${name}/manifests/${tag}`, { headers: { accept } });
  return Buffer.from(await response.arrayBuffer());
}

async function writeFiles(dir: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

/** Text that no compression makes small enough to be taken for an attack. */
function randomText(bytes: number): string {
  let text = '';
  for (let at = 0; text.length < bytes; at++) text += createHash('sha256').update(String(at)).digest('hex');
  return text.slice(0, bytes);
}

function filled(text: string): string {
  return [...words].reduce((done, [word, meaning]) => done.replaceAll(word, meaning), text);
}

async function filledRoot(root: string): Promise<void> {
  for (const name of ['one', 'gone']) {
    await writeFiles(join(root, name), { ...pluginFiles(name, '0.1.0'), 'dynamic-plugin-config.hash': 'abc' });
  }
  await writeFiles(join(root, 'mine'), pluginFiles('mine', '9.9.9'));
}

/** Runs a case in a folder of its own and holds what comes of it against what is expected. */
async function run({ list, files = {}, env = {}, before, rhdhRoot, expected }: RhdhCase): Promise<void> {
  const dir = await tempDir();
  const root = join(dir, 'root');
  const main = join(dir, 'dynamic-plugins.yaml');
  await writeFiles(join(dir, 'a'), pluginFiles('a-dynamic'));
  await writeFiles(join(dir, 'b'), pluginFiles('b-dynamic'));
  await writeFiles(dir, Object.fromEntries(Object.entries(files).map(([name, text]) => [name, filled(text)])));
  if (list?.includes('d@1.0.0') || list?.includes('d-dynamic@')) await startNpm(dir);
  if (rhdhRoot) await filledRoot(root);
  const settings = rhdhSettingsOf({
    CATALOG_ENTITIES_EXTRACT_DIR: join(dir, 'entities'),
    ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filled(text)])),
  });
  const sources = [ociSource(undefined, fallback()), archiveSource(), localSource, npmSource()];
  const go = (): ReturnType<typeof install> =>
    install({ cwd: dir, config: 'dynamic-plugins.yaml', root, sources, rhdh: settings, catalogs: catalogImages() });
  if (before !== undefined) {
    for (const name of MOVING) await put(name, { one: pluginFiles('one-dynamic') });
    await writeFile(main, filled(before));
    await go();
    await rm(main);
    for (const name of MOVING) await put(name, { one: pluginFiles('one-dynamic', '2.0.0') });
  }
  if (list !== undefined) await writeFile(main, filled(list));
  if (expected.error) {
    const [code, message] = expected.error;
    await expect(go()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  } else {
    const { warnings } = await go();
    if (expected.warnings) {
      expect(warnings).toEqual(expected.warnings.map((text) => expect.stringMatching(text) as string));
    }
  }
  if (expected.installed) expect(await namesIn(root)).toEqual(expected.installed);
  if (expected.config) expect(parse(await readFile(join(root, APP_CONFIG), 'utf8'))).toEqual(expected.config);
  for (const file of expected.present ?? []) await access(join(dir, filled(file)));
}

async function startNpm(dir: string): Promise<void> {
  const packages = join(dir, 'npm');
  await writeFiles(join(packages, 'd'), pluginFiles('d'));
  await writeFiles(join(packages, 'd-dynamic'), pluginFiles('d-dynamic'));
  const { url } = await startNpmRegistry(packages, join(dir, 'npm-archives'));
  const packument = (await (await fetch(`${url}d`)).json()) as {
    versions: Record<string, { dist: { integrity: string } }>;
  };
  words.set('PUBLISHED', packument.versions['1.0.0']!.dist.integrity);
  await writeFile(join(dir, '.npmrc'), `registry=${url}\n`);
}

async function namesIn(root: string): Promise<string[]> {
  const versions = await versionsIn(root).catch(() => ({}));
  return Object.entries(versions)
    .map(([name, version]) => `${name}@${version as string}`)
    .sort();
}

describe.each(Object.entries(cases))('RHDH: %s', (_, ofTopic) => {
  test.each(ofTopic.map((one) => [one.listed, one] as const))('%s', async (_listed, one) => {
    await run(one);
  });
});

/** The page, from the cases. */
async function page(): Promise<string> {
  const all = Object.values(cases).flat();
  const count = (verdict: RhdhCase['verdict']): number => all.filter((one) => one.verdict === verdict).length;
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const sections = Object.entries(cases).map(([topic, ofTopic]) => {
    const rows = ofTopic.map(({ listed, rhdh, here, verdict }) => {
      return `| ${cell(listed)} | ${cell(rhdh)} | ${cell(here ?? 'the same')} | ${verdict} |`;
    });
    return [
      `## ${topic}`,
      '',
      "| Listed | RHDH's installer | `stagedoor install` | |",
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  const text = `# RHDH's lists of plugins

What \`stagedoor install\` makes of a \`dynamic-plugins.yaml\` that was written for the installer of Red Hat Developer Hub
(\`install-dynamic-plugins\` of redhat-developer/rhdh-plugins, August 2026): ${all.length} cases, ${count('same')} the same,
${count('better')} better and ${count('stricter')} stricter. Each row is a test that runs the install, and this page is written from
those tests (\`test/cli/install/list/rhdhLists/cases.ts\`). Why the stricter ones are stricter is in
[decision 034](../decisions/034-stricter-plugin-list.md) and [decision 107](../decisions/107-rhdh-lists.md).

${sections.join('\n\n')}
`;
  return await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

test.each(['docs/how-to/migrate-from-rhdh.md', 'docs/decisions/034-stricter-plugin-list.md'])(
  '%s names what is stricter',
  async (file) => {
    const text = (await readFile(join(repository, file), 'utf8')).replaceAll(/\s+/g, ' ');
    const stricter = Object.values(cases)
      .flat()
      .filter(({ verdict }) => verdict === 'stricter');
    const bullets = stricter.map(
      ({ listed, here }) => `- ${listed.replace(/^[a-z]/, (first) => first.toUpperCase())}: ${here}.`,
    );
    expect(bullets.filter((bullet) => !text.includes(bullet))).toEqual([]);
  },
);

test('docs/reference/rhdh-lists.md says what these tests say', async () => {
  await expect(await page()).toMatchFileSnapshot(PAGE);
});

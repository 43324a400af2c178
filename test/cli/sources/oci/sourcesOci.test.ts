import type { ContentLimits } from '@stagedoor/bundle';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { extractPlugin } from '../../../../cli/src/oci/extractPlugin';
import { registryReader } from '../../../../cli/src/oci/imageReader';
import { Layers } from '../../../../cli/src/oci/layers';
import { openImage } from '../../../../cli/src/oci/pluginImage';
import { parseReference } from '../../../../cli/src/oci/reference';
import { startContainerRegistry, type ContainerRegistry } from '../../../support/containerRegistry';
import { packagesAnnotation, putImage, putIndex, sha256Of, type ForeignLayer } from '../../../support/foreignImage';
import { archiveBytes, type ArchiveEntry } from '../../../support/hostileArchive';
import { startRegistryFront } from '../../../support/registryFront';
import { tempDir } from '../../../support/tempDir';
import { filesOf } from '../../export/exportSupport';
import { fetchPackage, refusePackage, resolvePackage } from '../sourceSupport';

const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
const TAR = 'application/vnd.oci.image.layer.v1.tar';
const packageJson = (name: string, version = '1.0.0'): string => JSON.stringify({ name, version });

function layer(...entries: ArchiveEntry[]): ForeignLayer {
  return { mediaType: GZIP, content: gzipSync(archiveBytes(entries)) };
}

const todo: ArchiveEntry[] = [
  { path: 'todo/', type: 'Directory' },
  { path: 'todo/package.json', content: packageJson('todo') },
  { path: 'todo/dist/index.cjs.js', content: 'module.exports = 1;' },
];
const badges: ArchiveEntry[] = [{ path: 'badges/package.json', content: packageJson('badges') }];

let registry: ContainerRegistry;
let place: string;
beforeAll(async () => {
  registry = await startContainerRegistry();
  place = `${registry.host}/acme/plugins`;
});
afterAll(() => registry.stop());

describe('An image with plugins', () => {
  test('gives the one that it holds, without its path', async () => {
    const { digest } = await putImage(place, 'one', [layer(...todo)], packagesAnnotation('todo'));
    const { resolved, dir, folder } = await fetchPackage({ package: `oci://${place}:one` });
    expect(resolved).toEqual({
      kind: 'oci',
      key: `oci://${place}!todo`,
      identity: `oci://${place}@${digest}!todo`,
      image: { host: place.split('/')[0], repository: 'acme/plugins', digest, path: 'todo' },
      version: '1.0.0',
      digest,
    });
    expect(dir.startsWith(`${folder}/`)).toBe(true);
    expect(await filesOf(dir)).toEqual(['dist/index.cjs.js', 'package.json']);
  });

  test('may name its folder as a reference reads a digest and a path', async () => {
    const folder = '@sha256:0!odd';
    const files = todo.map((entry) => ({ ...entry, path: entry.path.replace(/^todo/, folder) }));
    await putImage(place, 'odd', [layer(...files)], packagesAnnotation(folder));
    const { resolved, dir } = await fetchPackage({ package: `oci://${place}:odd` });
    expect(resolved.image?.path).toBe(folder);
    expect(await filesOf(dir)).toEqual(['dist/index.cjs.js', 'package.json']);
  });

  test('gives the one at a path, with nothing of the others, and by digest too', async () => {
    const annotation = packagesAnnotation('todo', 'badges');
    const { digest } = await putImage(place, 'two', [layer(...todo, ...badges)], annotation);
    const { dir } = await fetchPackage({ package: `oci://${place}:two!badges` });
    expect(await filesOf(dir)).toEqual(['package.json']);
    const pinned = await fetchPackage({ package: `oci://${place}@${digest}!todo` });
    expect(await filesOf(pinned.dir)).toHaveLength(2);
  });

  test('is downloaded once for all of them', async () => {
    await putImage(place, 'shared', [layer(...badges, ...todo)], packagesAnnotation('todo', 'badges'));
    const front = await startRegistryFront(registry.host);
    const image = `oci://${front.host}/acme/plugins:shared`;
    await Promise.all([fetchPackage({ package: `${image}!todo` }), fetchPackage({ package: `${image}!badges` })]);
    const blobs = front.requests.filter((request) => request.startsWith('GET') && request.includes('/blobs/'));
    expect(blobs).toHaveLength(1);
  });

  test('says which there are where the path is missing', async () => {
    await putImage(place, 'several', [layer(...todo, ...badges)], packagesAnnotation('todo', 'badges'));
    await expect(resolvePackage({ package: `oci://${place}:several` })).rejects.toMatchObject({
      code: 'IMAGE_PATH_INVALID',
      message: expect.stringContaining('2 plugins: todo, badges') as string,
      hint: expect.stringContaining(`oci://${place}:several!todo`) as string,
    });
  });

  test('needs a path where it does not say what it holds, and a plugin at that path', async () => {
    await putImage(place, 'silent', [layer(...todo)]);
    await expect(resolvePackage({ package: `oci://${place}:silent` })).rejects.toMatchObject({
      code: 'IMAGE_PATH_INVALID',
    });
    expect((await fetchPackage({ package: `oci://${place}:silent!todo` })).resolved.key).toBe(`oci://${place}!todo`);
    await expect(fetchPackage({ package: `oci://${place}:silent!tod` })).rejects.toMatchObject({
      code: 'IMAGE_PATH_INVALID',
      message: expect.stringContaining('no package.json in tod') as string,
    });
  });

  test('may have several layers, plain ones too, of which later ones add and replace', async () => {
    const second = archiveBytes([
      { path: './todo/package.json', content: packageJson('todo', '2.0.0') },
      { path: './todo/more.js', content: 'x' },
    ]);
    await putImage(place, 'layers', [layer(...todo), { mediaType: TAR, content: second }]);
    const { dir } = await fetchPackage({ package: `oci://${place}:layers!todo` });
    expect(await filesOf(dir)).toEqual(['dist/index.cjs.js', 'more.js', 'package.json']);
    expect(await readFile(join(dir, 'package.json'), 'utf8')).toContain('2.0.0');
  });

  test('is chosen by platform from an index, and the index is what is pinned', async () => {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const mine = await putImage(place, 'mine', [layer(...todo)], packagesAnnotation('todo'));
    const other = await putImage(place, 'other', [layer(...badges)], packagesAnnotation('badges'));
    const { digest } = await putIndex(place, 'index', [
      { image: other, platform: { os: 'linux', architecture: 's390x' } },
      { image: mine, platform: { os: 'linux', architecture } },
    ]);
    const { resolved, dir } = await fetchPackage({ package: `oci://${place}:index` });
    expect(resolved.identity).toBe(`oci://${place}@${digest}!todo`);
    expect(await filesOf(dir)).toHaveLength(2);
    const elsewhere = [
      { image: other, platform: { os: 'linux', architecture: 's390x' } },
      { image: mine, platform: { os: 'linux', architecture: 'ppc64le' } },
    ];
    await putIndex(place, 'elsewhere', elsewhere);
    await expect(resolvePackage({ package: `oci://${place}:elsewhere` })).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining(`not available for linux/${architecture}`) as string,
    });
  });

  test('may be refused for what it says of itself in all layers, before anything else of it is unpacked', async () => {
    const first = layer(...todo, { path: 'todo/dynamic-bundle.json', content: '{}' });
    await putImage(place, 'refused', [first, layer({ path: 'todo/dynamic-bundle.sig', content: '{}' })]);
    expect(await refusePackage({ package: `oci://${place}:refused!todo` })).toEqual({
      judged: ['dynamic-bundle.json', 'dynamic-bundle.sig'],
      unpacked: [],
    });
  });

  test('loses the links that package managers keep in .bin, and only those', async () => {
    const link = { path: 'todo/node_modules/.bin/tool', type: 'SymbolicLink', linkpath: '../tool/cli.js' } as const;
    await putImage(place, 'bin', [layer(...todo, link)]);
    const { dir } = await fetchPackage({ package: `oci://${place}:bin!todo` });
    expect(await filesOf(dir)).toEqual(['dist/index.cjs.js', 'package.json']);
  });
});

test('An image whose layers bring names that differ by case alone is refused', async () => {
  await putImage(place, 'cases', [
    layer(...todo, { path: 'todo/dist/a', content: '1' }),
    layer({ path: 'todo/Dist/b', content: '2' }),
  ]);
  await expect(fetchPackage({ package: `oci://${place}:cases!todo` })).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
  });
});

describe('A hostile layer is refused before anything of it is written:', () => {
  test.each<[string, ArchiveEntry]>([
    ['a name that leads out', { path: 'todo/../../evil', content: 'x' }],
    ['an absolute name', { path: '/etc/evil', content: 'x' }],
    ['a link to a file elsewhere', { path: 'todo/link', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    ['a hard link', { path: 'todo/hard', type: 'Link', linkpath: 'todo/package.json' }],
    ['a device', { path: 'todo/device', type: 'CharacterDevice' }],
    ['a FIFO', { path: 'todo/fifo', type: 'FIFO' }],
    ['a whiteout', { path: 'todo/.wh.package.json' }],
    ['an opaque whiteout beside the plugin', { path: 'other/.wh..wh..opq' }],
  ])('%s', async (name, entry) => {
    const tag = name.replace(/\W/g, '');
    await putImage(place, tag, [layer(...todo, entry)]);
    const staging = await tempDir();
    const { ociSource } = await import('../../../../cli/src/sources/oci/ociSource');
    const source = ociSource();
    const request = { package: `oci://${place}:${tag}!todo`, pullPolicy: 'Always' } as const;
    const resolved = await source.resolve(request, { cwd: '/' });
    await expect(source.fetch(resolved, staging, { cwd: '/' })).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
    const left = (await readdir(staging, { recursive: true })).filter((path) => /plugin\//.test(path));
    expect(left).toEqual([]);
  });

  test('more than an archive may hold, over all layers together', async () => {
    const many = (from: string): ForeignLayer =>
      layer(...todo, ...Array.from({ length: 26 }, (_, index) => ({ path: `todo/${from}/${index}`, content: 'x' })));
    await putImage(place, 'bomb', [many('a'), many('b')]);
    const reference = parseReference(`oci://${place}:bomb!todo`);
    const image = await openImage(reference, registryReader(reference, {}));
    const extract = async (limits: ContentLimits): Promise<string> =>
      await extractPlugin(image, 'todo', await tempDir(), { layers: new Layers(), limits });
    for (const [limits, reason] of [
      [{ entries: 50, bytes: 1000 }, 'it contains more than 50 files and folders'],
      [{ entries: 1000, bytes: 150 }, 'its files exceed 150 bytes in total'],
    ] as const) {
      const second = `${place}@${image.manifest.layers[1]!.digest}`;
      await expect(extract(limits)).rejects.toMatchObject({
        code: 'ARCHIVE_TOO_LARGE',
        message: `${second} is too large: ${reason}.`,
      });
    }
    expect(await filesOf(await extract({ entries: 1000, bytes: 1000 }))).toHaveLength(54);
  });
});

describe('What a registry answers', () => {
  test('is IMAGE_NOT_FOUND for a tag that is not there', async () => {
    await expect(resolvePackage({ package: `oci://${place}:nowhere` })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: `${place} has no nowhere.`,
    });
  });

  test.each([
    ['no JSON', 'no json'],
    ['another schema', '{"schemaVersion":1}'],
    ['a prototype', '{"schemaVersion":2,"config":{"__proto__":{}},"layers":[]}'],
  ])('is IMAGE_INVALID as %s', async (_, body) => {
    const front = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (!request.url?.includes('/manifests/')) return false;
        response.end(body);
        return true;
      },
    });
    await expect(resolvePackage({ package: `oci://${front.host}/acme/plugins:x` })).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
  });

  test('is IMAGE_INVALID where manifest, layer or annotation is not what it is said to be', async () => {
    const { digest } = await putImage(place, 'changed', [layer(...todo)], packagesAnnotation('todo'));
    const lying = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (!request.url?.includes('/blobs/')) return false;
        response.end('something else');
        return true;
      },
    });
    await expect(fetchPackage({ package: `oci://${lying.host}/acme/plugins:changed` })).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining('sent 14 bytes') as string,
    });
    const swapping = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (!request.url?.includes('/manifests/')) return false;
        response.end('{"schemaVersion":2}');
        return true;
      },
    });
    const pinned = `oci://${swapping.host}/acme/plugins@${digest}`;
    await expect(resolvePackage({ package: pinned })).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    await putImage(place, 'leading-out', [layer(...todo)], packagesAnnotation('../todo', 'todo'));
    await expect(resolvePackage({ package: `oci://${place}:leading-out` })).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
    await putImage(place, 'annotated', [layer(...todo)], { 'io.backstage.dynamic-packages': 'bm8=' });
    const named = await resolvePackage({ package: `oci://${place}:annotated!todo` });
    expect(named).toMatchObject({ identity: expect.stringMatching(/!todo$/) as string });
    await expect(resolvePackage({ package: `oci://${place}:annotated` })).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
      message: expect.stringContaining('io.backstage.dynamic-packages is not JSON') as string,
    });
  });

  test('is tried again while it is busy, after the time that it names, and the rest of a layer alone after a break', async () => {
    const content = gzipSync(archiveBytes([...todo, { path: 'todo/data', content: Buffer.from(noise(200_000)) }]));
    await putImage(place, 'broken', [{ mediaType: GZIP, content }], packagesAnnotation('todo'));
    const busy = new Map<string, number>();
    const ranges: Array<string | undefined> = [];
    const front = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        const seen = (busy.get(request.url!) ?? 0) + 1;
        busy.set(request.url!, seen);
        if (request.url!.includes('/blobs/') && seen > 1) ranges.push(request.headers.range);
        if (seen > 1 || !request.url!.includes('/acme/')) return false;
        const status = request.url!.includes('/blobs/') ? 503 : 429;
        response.writeHead(status, { 'retry-after': '0' }).end();
        return true;
      },
      breakAfter: (request) => {
        if (!request.url!.includes('/blobs/')) return undefined;
        return request.headers.range ? undefined : Math.floor(content.length / 2);
      },
    });
    const bytes: Array<[number, number | undefined]> = [];
    const { dir } = await fetchPackage(
      { package: `oci://${front.host}/acme/plugins:broken` },
      { onBytes: (done, total) => bytes.push([done, total]) },
    );
    expect(await filesOf(dir)).toContain('data');
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1)).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(bytes.at(-1)).toEqual([content.length, content.length]);
  });

  test('is REGISTRY_FAILED with its words, where it goes on failing or refuses', async () => {
    const front = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (!request.url?.includes('/manifests/')) return false;
        response.writeHead(418).end('{"errors":[{"code":"TEAPOT"}]}');
        return true;
      },
    });
    await expect(resolvePackage({ package: `oci://${front.host}/a/b:1` })).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: expect.stringMatching(/answers 418.*TEAPOT/) as string,
    });
    await expect(resolvePackage({ package: 'oci://127.0.0.1:9/a/b:1' })).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
    });
  });

  test('is not waited for after the caller has lost interest', async () => {
    const controller = new AbortController();
    const server = createServer(() => controller.abort());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const resolving = resolvePackage({ package: `oci://${host}/a/b:1` }, { signal: controller.signal });
    await expect(resolving).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test.each([
  'oci://quay.io',
  'oci:///a/b',
  'oci://quay.io/UPPER',
  'oci://quay.io/a:b:c',
  'oci://quay.io/a@sha256:12',
  'oci://quay.io/a!../b',
  'oci://quay.io/a!b!c',
])('%s is OCI_REFERENCE_INVALID', async (text) => {
  await expect(resolvePackage({ package: text })).rejects.toMatchObject({ code: 'OCI_REFERENCE_INVALID' });
});

test('a file of authorities that is none is CA_INVALID', async () => {
  const file = join(await tempDir(), 'ca.pem');
  await expect(resolvePackage({ package: `oci://${place}:one` }, { ca: file })).rejects.toMatchObject({
    code: 'CA_INVALID',
  });
  await writeFile(file, 'no certificate');
  for (const text of [`oci://${place}:one`, 'from-npm@1.0.0']) {
    await expect(resolvePackage({ package: text }, { ca: file })).rejects.toMatchObject({ code: 'CA_INVALID' });
  }
});

/** Bytes that do not compress well, the same each time. */
function noise(length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < length; at++) parts.push(Buffer.from(sha256Of(String(at)).slice(7), 'hex'));
  return Buffer.concat(parts);
}

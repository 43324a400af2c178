import { generateKeys, packBundle, readPrivateKey, signBundle } from '@stagedoor/bundle';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PushedImage } from '@stagedoor/cli/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureBundle } from '../../support/bundles';
import { runProcess } from '../../support/childProcess';
import { startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { debianProgram } from '../../support/debianProgram';
import { startRegistryFront } from '../../support/registryFront';
import { tempDir } from '../../support/tempDir';
import { filesOf, stagedoor } from '../export/exportSupport';
import { codeOf, pull, push } from './imageSupport';
import { fetchPackage } from '../sources/sourceSupport';

let registry: ContainerRegistry;
beforeAll(async () => {
  registry = await startContainerRegistry();
});
afterAll(() => registry.stop());

async function skopeo(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess(debianProgram('skopeo'), args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** A bundle that carries a signature and a bill of materials. */
async function signedBundle(dir: string, name: string): Promise<string> {
  const bundle = await fixtureBundle(dir, name, { files: { 'sbom.cdx.json': '{"bomFormat":"CycloneDX"}' } });
  await signBundle(bundle, readPrivateKey(generateKeys(undefined).privateKey, 'key'));
  return bundle;
}

interface Index {
  manifests: Array<{ digest: string; artifactType: string; mediaType: string }>;
}

async function referrersByTag(host: string, repository: string, digest: string): Promise<Index> {
  const tag = digest.replace(':', '-');
  const accept = 'application/vnd.oci.image.index.v1+json';
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { headers: { accept } });
  return (await answer.json()) as Index;
}

describe('Pushed bundles', () => {
  test('come back as they went, from folders and archives', async () => {
    const dir = await tempDir();
    const greeter = await fixtureBundle(dir, 'greeter');
    const rows = await fixtureBundle(dir, 'stores-rows');
    await packBundle(rows, join(dir, 'rows.tgz'));
    const image = `oci://${registry.host}/acme/both:1`;
    const pushed = await push(dir, [greeter, 'rows.tgz'], image);
    expect(pushed).toMatchObject({
      reference: `oci://${registry.host}/acme/both@${pushed.digest}`,
      tags: ['1'],
      uploaded: true,
      attached: [],
    });
    const pulled = await pull(dir, image, 'pulled');
    expect(pulled.digest).toBe(pushed.digest);
    expect(pulled.plugins.map(({ path }) => path)).toEqual(pushed.plugins.map(({ path }) => path));
    expect(pulled.plugins).toHaveLength(2);
    for (const { name, dir: back } of pulled.plugins) {
      const original = name.includes('greeter') ? greeter : rows;
      expect(await filesOf(back)).toEqual(await filesOf(original));
      for (const file of await filesOf(original)) {
        expect(await readFile(join(back, file))).toEqual(await readFile(join(original, file)));
      }
    }
    const one = await pull(dir, `${image}!${pushed.plugins[1]!.path}`, 'pulled');
    expect(one.plugins).toEqual([pulled.plugins[1]]);
  });

  test('are one image for skopeo, in the layout of RHDH', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const place = `${registry.host}/acme/layout`;
    const { digest, plugins } = await push(dir, [bundle], `oci://${place}:1`);
    const path = plugins[0]!.path;
    expect(path).not.toMatch(/@|\/|-dynamic$/);
    const seen = JSON.parse(await skopeo('inspect', '--tls-verify=false', `docker://${place}:1`)) as {
      Digest: string;
      Layers: string[];
    };
    expect(seen.Digest).toBe(digest);
    expect(seen.Layers).toHaveLength(1);
    await skopeo('copy', '--src-tls-verify=false', `docker://${place}:1`, `dir:${dir}/copy`);
    const layer = seen.Layers[0]!.replace('sha256:', '');
    const { stdout } = await runProcess('tar', ['-tzf', join(dir, 'copy', layer)]);
    const files = stdout.trim().split('\n');
    expect(files).toContain(`${path}/package.json`);
    expect(files.filter((file) => !file.startsWith(`${path}/`))).toEqual(['index.json']);
    const manifest = JSON.parse(await readFile(join(dir, 'copy/manifest.json'), 'utf8')) as {
      annotations: Record<string, string>;
    };
    const annotation = Buffer.from(manifest.annotations['io.backstage.dynamic-packages']!, 'base64').toString();
    const { stdout: index } = await runProcess('tar', ['-xzOf', join(dir, 'copy', layer), 'index.json']);
    expect(index).toBe(annotation);
    expect(JSON.parse(annotation)).toEqual([
      {
        [path]: expect.objectContaining({
          name: plugins[0]!.name,
          version: '1.0.0',
          backstage: { role: 'backend-plugin', pluginId: 'greeter' },
        }) as object,
      },
    ]);
  });

  test('are read where skopeo copied them', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const { digest } = await push(dir, [bundle], `oci://${registry.host}/acme/copied:1`);
    const target = `${registry.host}/mirror/copied`;
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    await skopeo('copy', ...plain, `docker://${registry.host}/acme/copied:1`, `docker://${target}:2`);
    const { resolved, dir: fetched } = await fetchPackage({ package: `oci://${target}:2` });
    expect(resolved.digest).toBe(digest);
    expect(await filesOf(fetched)).toEqual(await filesOf(bundle));
  });

  test('have one digest, whatever folder, order or time, and are not sent twice', async () => {
    const [first, second] = [await tempDir(), await tempDir()];
    const bundles = await Promise.all(['greeter', 'stores-rows'].map((name) => fixtureBundle(first, name)));
    const pushed = await push(first, bundles, `oci://${registry.host}/acme/same:1`, { tags: ['1.0', 'x'] });
    expect(pushed.tags).toEqual(['1', '1.0', 'x']);
    await mkdir(join(second, 'deep'));
    const copies = bundles.map((_, index) => join(second, 'deep', String(index)));
    for (const [index, bundle] of bundles.entries()) await cp(bundle, copies[index]!, { recursive: true });
    const again = await push(second, copies.reverse(), `oci://${registry.host}/acme/same:2`);
    expect(again).toMatchObject({ digest: pushed.digest, uploaded: false });
    for (const tag of ['1', '1.0', 'x', '2']) {
      const { digest } = await pull(second, `oci://${registry.host}/acme/same:${tag}`, 'out');
      expect(digest).toBe(pushed.digest);
    }
  });

  test('replace older ones where they are pulled to, and nothing else', async () => {
    const dir = await tempDir();
    const image = `oci://${registry.host}/acme/replace`;
    const old = await push(dir, [await fixtureBundle(dir, 'greeter')], `${image}:1`);
    const path = old.plugins[0]!.path;
    await push(dir, [await fixtureBundle(dir, 'greeter', { version: '2.0.0' })], `${image}:2`);
    await pull(dir, `${image}:1`, 'out');
    await pull(dir, `${image}:2`, 'out');
    expect(await readFile(join(dir, 'out', path, 'package.json'), 'utf8')).toContain('2.0.0');
    expect((await filesOf(join(dir, 'out'))).every((file) => file.startsWith(`${path}/`))).toBe(true);
    await mkdir(join(dir, 'mine', path), { recursive: true });
    await writeFile(join(dir, 'mine', path, 'letter.txt'), 'dear');
    expect(await codeOf(pull(dir, `${image}:1`, 'mine'))).toBe('OUTPUT_NOT_A_BUNDLE');
    await writeFile(join(dir, 'file'), '');
    expect(await codeOf(pull(dir, `${image}:1`, 'file/below'))).toBe('OUTPUT_UNWRITABLE');
  });
});

describe('Signature and bill of materials', () => {
  test('refer to the image, under a tag where the registry keeps no list', async () => {
    const dir = await tempDir();
    const bundle = await signedBundle(dir, 'greeter');
    const pushed = await push(dir, [bundle], `oci://${registry.host}/acme/signed:1`);
    const path = pushed.plugins[0]!.path;
    expect(pushed.attached.map(({ title }) => title)).toEqual([
      `${path}/dynamic-bundle.sig`,
      `${path}/dynamic-bundle.json`,
      `${path}/sbom.cdx.json`,
    ]);
    const { manifests } = await referrersByTag(registry.host, 'acme/signed', pushed.digest);
    expect(manifests.map(({ digest }) => digest).sort()).toEqual(pushed.attached.map(({ digest }) => digest).sort());
    const sbom = manifests.find(({ artifactType }) => artifactType === 'application/vnd.cyclonedx+json')!;
    const place = `http://${registry.host}/v2/acme/signed`;
    const headers = { accept: sbom.mediaType };
    const manifest = (await (await fetch(`${place}/manifests/${sbom.digest}`, { headers })).json()) as {
      subject: { digest: string };
      layers: Array<{ digest: string }>;
    };
    expect(manifest.subject.digest).toBe(pushed.digest);
    const content = await (await fetch(`${place}/blobs/${manifest.layers[0]!.digest}`)).text();
    expect(content).toBe(await readFile(join(bundle, 'sbom.cdx.json'), 'utf8'));
    await push(dir, [bundle], `oci://${registry.host}/acme/signed:2`);
    expect((await referrersByTag(registry.host, 'acme/signed', pushed.digest)).manifests).toHaveLength(3);
  });

  test('leave the list to a registry that keeps one', async () => {
    const dir = await tempDir();
    const bundle = await signedBundle(dir, 'greeter');
    const front = await startRegistryFront(registry.host, {
      headers: (request) => ({ ...(request.method === 'PUT' && { 'oci-subject': 'sha256:0' }) }),
    });
    const { attached } = await push(dir, [bundle], `oci://${front.host}/acme/listed:1`);
    expect(attached).toHaveLength(3);
    expect(front.requests.filter((request) => request.includes('/manifests/sha256-'))).toEqual([]);
  });
});

describe('An upload', () => {
  test('begins anew after a break, and leaves an image that is whole', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const seen = { POST: 0, PUT: 0 };
    const front = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (request.url!.includes('/blobs/uploads/') && request.method === 'POST' && seen.POST++ === 0) {
          response.writeHead(503).end();
          return true;
        }
        if (request.url!.includes('/blobs/uploads/') && request.method === 'PUT' && seen.PUT++ === 0) {
          request.socket.destroy();
          return true;
        }
        return false;
      },
    });
    const { digest } = await push(dir, [bundle], `oci://${front.host}/acme/interrupted:1`);
    expect(seen).toEqual({ POST: 4, PUT: 3 });
    expect((await pull(dir, `oci://${registry.host}/acme/interrupted:1`)).digest).toBe(digest);
  });

  test('that never succeeds is REGISTRY_FAILED, and no tag moves', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const front = await startRegistryFront(registry.host, {
      intercept: (request, response) => {
        if (request.method !== 'PUT' || !request.url!.includes('/manifests/')) return false;
        response.writeHead(400).end('{"errors":[{"code":"MANIFEST_INVALID"}]}');
        return true;
      },
    });
    expect(await codeOf(push(dir, [bundle], `oci://${front.host}/acme/never:1`))).toBe('REGISTRY_FAILED');
    expect(await codeOf(pull(dir, `oci://${registry.host}/acme/never:1`))).toBe('IMAGE_NOT_FOUND');
  });
});

describe('A push refuses', () => {
  const [image, digest] = ['oci://127.0.0.1:9/a/b:1', `sha256:${'0'.repeat(64)}`];

  test.each<[string, string[], string, string, string?]>([
    ['an image that is none', ['greeter-1.0.0'], 'quay.io/a/b:1', 'OCI_REFERENCE_INVALID'],
    ['an image by digest', ['greeter-1.0.0'], `oci://127.0.0.1:9/a/b@${digest}`, 'USAGE'],
    ['a path in an image', ['greeter-1.0.0'], `${image}!c`, 'USAGE'],
    ['a further tag that is none', ['greeter-1.0.0'], image, 'OCI_REFERENCE_INVALID', '!'],
    ['a bundle that is not there', ['absent'], image, 'BUNDLE_NOT_FOUND'],
    ['one plugin twice', ['greeter-1.0.0', 'greeter-2.0.0'], image, 'USAGE'],
    ['a bundle that was changed', ['stores-rows-1.0.0'], image, 'DIGEST_MISMATCH'],
  ])('%s', async (_, bundles, target, code, tag) => {
    const dir = await tempDir();
    await fixtureBundle(dir, 'greeter');
    await fixtureBundle(dir, 'greeter', { version: '2.0.0' });
    await writeFile(join(await fixtureBundle(dir, 'stores-rows'), 'extra.js'), '');
    expect(await codeOf(push(dir, bundles, target, { tags: tag ? [tag] : [] }))).toBe(code);
  });

  test('nothing that is merely of another tool', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter', { sealed: false });
    const { plugins } = await push(dir, [bundle], `oci://${registry.host}/acme/unsealed:1`);
    expect((await pull(dir, `oci://${registry.host}/acme/unsealed:1`, 'out')).plugins[0]).toMatchObject(plugins[0]!);
  });
});

describe('stagedoor push and pull', () => {
  test('talk to stderr, and print nothing', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const image = `oci://${registry.host}/acme/talk:1`;
    const pushed = await stagedoor(dir, 'push', bundle, image);
    expect(pushed).toMatchObject({ code: 0, stdout: '' });
    expect(pushed.stderr).toMatch(
      /^pushed oci:\/\/.*@sha256:.*\n {2}tags {6}1\n {2}layer {5}[\d.]+ k?B\n {2}plugin {4}/,
    );
    const pulled = await stagedoor(dir, 'pull', image);
    expect(pulled).toMatchObject({ code: 0, stdout: '' });
    expect(pulled.stderr).toMatch(/^pulled oci:\/\/.*\n {2}plugin {4}.*@1\.0\.0 to \//);
  });

  test('print what they did as JSON, and take an image and bundles', async () => {
    const dir = await tempDir();
    const bundle = await fixtureBundle(dir, 'greeter');
    const image = `oci://${registry.host}/acme/json`;
    const pushed = await stagedoor(dir, 'push', bundle, `${image}:1`, '--tag', '1.0', '--tag', 'x', '--json');
    const { digest, tags } = JSON.parse(pushed.stdout) as PushedImage;
    expect(tags).toEqual(['1', '1.0', 'x']);
    const pulled = await stagedoor(dir, 'pull', `${image}:x`, '--out', 'out', '--json');
    expect(JSON.parse(pulled.stdout)).toMatchObject({
      digest,
      plugins: [{ dir: expect.stringMatching(/\/out\//) as unknown }],
    });
    const alone = await stagedoor(dir, 'push', `${image}:1`, '--json');
    expect(alone.code).toBe(1);
    expect(JSON.parse(alone.stdout)).toMatchObject({ error: { code: 'USAGE' } });
  });
});

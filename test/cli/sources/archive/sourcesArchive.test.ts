import { packBundle } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { download } from '../../../../cli/src/bundles/download';
import { fixtureBundle } from '../../../support/bundles';
import { writeArchive } from '../../../support/hostileArchive';
import { breakOff, serve } from '../../../support/serve';
import { tempDir } from '../../../support/tempDir';
import { filesOf } from '../../export/exportSupport';
import { fetchPackage, refusePackage, resolvePackage } from '../sourceSupport';

/** An archive and its integrity. */
async function archive(): Promise<{ bytes: Buffer; integrity: string; bundle: string }> {
  const dir = await tempDir();
  const bundle = await fixtureBundle(dir, 'greeter');
  const { file, integrity } = await packBundle(bundle, join(dir, 'greeter.tgz'));
  return { bytes: await readFile(file), integrity, bundle };
}

describe('An archive at an address', () => {
  test('is fetched and held against its integrity', async () => {
    const { bytes, integrity, bundle } = await archive();
    const address = `${await serve((_, response) => response.end(bytes))}/greeter.tgz`;
    const told: Array<[number, number | undefined]> = [];
    const onBytes = (done: number, total?: number): void => void told.push([done, total]);
    const { resolved, dir, folder } = await fetchPackage({ package: address, integrity }, { onBytes });
    expect(resolved).toEqual({
      kind: 'archive',
      key: address,
      identity: address,
      address,
      digest: integrity,
      integrity,
    });
    expect(dir.startsWith(`${folder}/`)).toBe(true);
    expect(await filesOf(dir)).toEqual(await filesOf(bundle));
    expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
    const other = `sha384-${createHash('sha384').update('other').digest('base64')}`;
    await expect(fetchPackage({ package: address, integrity: other }, {})).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
    await expect(resolvePackage({ package: address })).rejects.toMatchObject({ code: 'INTEGRITY_MISSING' });
  });

  test('may be refused for what it says of itself, before anything else of it is unpacked', async () => {
    const { bytes, integrity } = await archive();
    const address = `${await serve((_, response) => response.end(bytes))}/greeter.tgz`;
    expect(await refusePackage({ package: address, integrity })).toEqual({
      judged: ['dynamic-bundle.json'],
      unpacked: [],
    });
  });

  test('must be an https one, unless it is of this machine or http is allowed', async () => {
    const request = { package: 'http://plugins.example/x.tgz?token=hidden', integrity: 'sha256-x' };
    await expect(resolvePackage(request)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: 'http://plugins.example/x.tgz?token=*** is not an https address.',
    });
    expect((await resolvePackage(request, { insecure: true })).kind).toBe('archive');
  });

  test('that is hostile leaves nothing but itself', async () => {
    const dir = await tempDir();
    await writeArchive(join(dir, 'evil.tgz'), [{ path: 'package/../../evil.js', content: 'x' }]);
    const bytes = await readFile(join(dir, 'evil.tgz'));
    const address = `${await serve((_, response) => response.end(bytes))}/evil.tgz`;
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const { archiveSource } = await import('../../../../cli/src/sources/archive/archiveSource');
    const staging = await tempDir();
    const resolved = { kind: 'archive', key: address, identity: address, digest: integrity, integrity } as const;
    await expect(archiveSource().fetch(resolved, staging, { cwd: '/' })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
    });
    const left = await readdir(staging, { recursive: true });
    expect(left.filter((path) => !/^fetch-\w+(\/archive\.tgz)?$/.test(path))).toEqual([]);
  });
});

describe('A download that breaks', () => {
  /** Serves bytes, and breaks the first answer in the middle. */
  async function breaking(
    bytes: Buffer,
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<{ address: string; ranges: Array<string | undefined> }> {
    const ranges: Array<string | undefined> = [];
    const address = await serve((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length > 1) return answer(request, response);
      response.writeHead(200, { etag: '"one"', 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000), () => breakOff(response));
    });
    return { address, ranges };
  }
  const bytes = Buffer.alloc(5000, 'stagedoor');

  test('is taken up where it broke', async () => {
    const { address, ranges } = await breaking(bytes, (request, response) => {
      expect(request.headers['if-range']).toBe('"one"');
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
      response.writeHead(206, { etag: '"one"', 'content-range': `bytes ${start}-4999/5000` });
      response.end(bytes.subarray(start));
    });
    const file = join(await tempDir(), 'x');
    await download(address, file);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
    expect(await readFile(file)).toEqual(bytes);
  });

  test('begins anew where the content has changed meanwhile, or the server knows no ranges', async () => {
    const changed = Buffer.alloc(600, 'changed');
    const { address, ranges } = await breaking(bytes, (_, response) => response.end(changed));
    const file = join(await tempDir(), 'x');
    await download(address, file);
    expect(ranges).toHaveLength(2);
    expect(await readFile(file)).toEqual(changed);
  });

  test('fails where a server sends another part than it was asked for, time and again', async () => {
    const { address, ranges } = await breaking(bytes, (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 7-4999/5000' }).end(bytes.subarray(7));
    });
    await expect(download(address, join(await tempDir(), 'x'))).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(ranges).toHaveLength(5);
  });

  test('is taken up where a server fell silent, before and in the middle of its answer', async () => {
    const { bytes: content } = await archive();
    const asked: Array<string | undefined> = [];
    const address = await serve((request, response) => {
      asked.push(request.headers.range);
      if (asked.length === 1) return;
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      const range = {
        etag: '"x"',
        ...(from && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
      };
      response.writeHead(from ? 206 : 200, { 'content-length': content.length - from, ...range });
      if (asked.length === 2) response.write(content.subarray(0, 1000));
      else response.end(content.subarray(from));
    });
    const file = join(await tempDir(), 'archive.tgz');
    await download(address, file, { silenceMs: 300 });
    expect(asked).toEqual([undefined, undefined, 'bytes=1000-']);
    expect(await readFile(file)).toEqual(content);
  });

  test('is tried again for a busy server after the time that it names, five times in all', async () => {
    let count = 0;
    const address = await serve((_, response) => {
      count++;
      response.writeHead(429, { 'retry-after': '0' }).end();
    });
    await expect(download(address, join(await tempDir(), 'x'))).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('answers 429') as string,
    });
    expect(count).toBe(5);
    count = 0;
    const patient = await serve((_, response) => {
      count++;
      response.writeHead(503, { 'retry-after': 'Fri, 31 Dec 2999 23:59:59 GMT' }).end();
    });
    await expect(download(patient, join(await tempDir(), 'y'))).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(count).toBe(1);
  });
});

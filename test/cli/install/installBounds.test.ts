import type { CodedError } from '@stagedoor/bundle';
import { readdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Pace, type Download } from '../../../cli/src/http/limits';
import { save } from '../../../cli/src/http/save';
import { send } from '../../../cli/src/http/send';
import { stagedoorBin } from '../../support/commandLine';
import { sha256Of } from '../../support/foreignImage';
import { runMeasured } from '../../support/peakMemory';
import { serve } from '../../support/serve';
import { tempDir } from '../../support/tempDir';

const MIB = 1024 * 1024;
const INTEGRITY = `sha512-${Buffer.alloc(64).toString('base64')}`;
/** The process has about 90 MiB without any download. */
const MOST_MEMORY = 260 * MIB;

/** Writes until the other side closes the connection. */
function endless(response: ServerResponse, chunk = Buffer.alloc(256 * 1024)): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

/** A registry that lists x@1.0.0 with an archive that `tarball` answers, or that `packument` answers itself. */
async function npmRegistry(
  tarball: (response: ServerResponse) => void,
  packument?: (response: ServerResponse) => void,
): Promise<string> {
  const url: string = await serve((request, response) => {
    if (request.url?.endsWith('.tgz')) return tarball(response);
    if (packument) return packument(response);
    const dist = { tarball: `${url}/x/-/x-1.0.0.tgz`, integrity: INTEGRITY };
    const versions = { '1.0.0': { name: 'x', version: '1.0.0', dist } };
    response.end(JSON.stringify({ name: 'x', 'dist-tags': { latest: '1.0.0' }, versions }));
  });
  return url;
}

/** A container registry with one image that has one layer of 1000 bytes; `answer` may answer in its place. */
async function images(answer: (request: IncomingMessage, response: ServerResponse) => boolean): Promise<string> {
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: sha256Of('x'), size: 1000 };
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256Of('{}'), size: 2 };
  const manifest = JSON.stringify({ schemaVersion: 2, config, layers: [layer] });
  const url = await serve((request, response) => {
    if (request.url === '/v2/' || !answer(request, response)) response.end(manifest);
  });
  return url.replace('http:', 'oci:');
}

interface Attack {
  what: string;
  code: string;
  /** What the hint names. */
  limit: string;
  /** Starts the servers; returns the entry of the list and .npmrc. */
  start(): Promise<{ entry: object; npmrc?: string }>;
}

const attacks: Attack[] = [
  {
    what: 'an npm registry that never ends an archive',
    code: 'ARCHIVE_TOO_LARGE',
    limit: '256 MiB',
    start: async () => {
      const registry = await npmRegistry((response) => endless(response));
      return { entry: { package: 'x@1.0.0', integrity: INTEGRITY }, npmrc: `registry=${registry}/` };
    },
  },
  {
    what: 'an npm registry that announces a terabyte',
    code: 'ARCHIVE_TOO_LARGE',
    limit: '256 MiB',
    start: async () => {
      const registry = await npmRegistry((response) => {
        response.setHeader('content-length', 1024 ** 4);
        endless(response);
      });
      return { entry: { package: 'x@1.0.0', integrity: INTEGRITY }, npmrc: `registry=${registry}/` };
    },
  },
  {
    what: 'an npm registry that never ends a list of versions',
    code: 'FETCH_FAILED',
    limit: '32 MiB',
    start: async () => {
      const registry = await npmRegistry(
        (response) => response.end(),
        (response) => endless(response),
      );
      return { entry: { package: 'x@1.0.0', integrity: INTEGRITY }, npmrc: `registry=${registry}/` };
    },
  },
  {
    what: 'an npm registry that compresses a list of versions a thousandfold',
    code: 'FETCH_FAILED',
    limit: '32 MiB',
    start: async () => {
      const bomb = gzipSync(Buffer.alloc(100 * MIB, ' '));
      const registry = await npmRegistry(
        (response) => response.end(),
        (response) => response.setHeader('content-encoding', 'gzip').end(bomb),
      );
      return { entry: { package: 'x@1.0.0', integrity: INTEGRITY }, npmrc: `registry=${registry}/` };
    },
  },
  {
    what: 'a web server that never ends an archive',
    code: 'ARCHIVE_TOO_LARGE',
    limit: '256 MiB',
    start: async () => ({
      entry: { package: `${await serve((_, response) => endless(response))}/x.tgz`, integrity: INTEGRITY },
    }),
  },
  {
    what: 'a container registry that never ends a manifest',
    code: 'REGISTRY_FAILED',
    limit: '4 MiB',
    start: async () => {
      const host = await images((_, response) => {
        endless(response);
        return true;
      });
      return { entry: { package: `${host}/acme/x:1!x` } };
    },
  },
  {
    what: 'a container registry that never ends a layer of 1000 bytes',
    code: 'ARCHIVE_TOO_LARGE',
    limit: '1000 bytes',
    start: async () => {
      const host = await images(({ url }, response) => {
        if (!url?.includes('/blobs/')) return false;
        endless(response);
        return true;
      });
      return { entry: { package: `${host}/acme/x:1!x` } };
    },
  },
  {
    what: 'a container registry that never ends a token',
    code: 'REGISTRY_FAILED',
    limit: '1 MiB',
    start: async () => {
      const tokens = await serve((_, response) => endless(response));
      const host = await images((_, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${tokens}/token"` }).end();
        return true;
      });
      return { entry: { package: `${host}/acme/x:1!x` } };
    },
  },
];

describe('An install from', () => {
  test.each(attacks)('$what ends with $code, in little memory, and leaves nothing', async ({ code, limit, start }) => {
    const { entry, npmrc = '' } = await start();
    const [cwd, temporary] = [await tempDir(), await tempDir()];
    await writeFile(join(cwd, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [entry] }));
    await writeFile(join(cwd, '.npmrc'), `${npmrc}\n`);
    const env = { HOME: cwd, TMPDIR: temporary, npm_config_registry: undefined, STAGEDOOR_LAYER_CACHE: 'none' };
    const run = await runMeasured([stagedoorBin, 'install', 'root', '--json'], { cwd, env });
    const { error } = JSON.parse(run.stdout) as { error: CodedError };
    expect(error.code, error.message).toBe(code);
    expect(error.hint).toContain(limit);
    expect(run.code).toBe(1);
    expect(run.peakBytes).toBeLessThan(MOST_MEMORY);
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(join(cwd, 'root'))).toEqual(['.stagedoor-install']);
    expect((await readdir(join(cwd, 'root/.stagedoor-install'))).filter((name) => name !== 'lock')).toEqual([]);
  });
});

describe('The pace of a download', () => {
  const download: Download = {
    shown: 'it',
    limits: { bytes: 1e9, timeoutMs: 600_000, pace: { bytesPerSecond: 1000, periodMs: 10_000 } },
    tooLarge: 'ARCHIVE_TOO_LARGE',
  };

  test('may fall below the least for less than a period, and counts no time in which a busy server is waited for', async () => {
    let now = 0;
    const pace = new Pace(download, () => now);
    for (let period = 0; period < 5; period++) {
      now += 9000;
      pace.add(1);
      now += 1000;
      pace.add(10_000);
      await pace.outside(() => {
        now += 60_000;
        return Promise.resolve();
      });
    }
    now += 5000;
    pace.add(1);
    now += 5000;
    expect(() => pace.add(1)).toThrow(
      expect.objectContaining({
        code: 'DOWNLOAD_TOO_SLOW',
        message: 'it: only 2 bytes came in 10 s, fewer than 1000 per second.',
      }),
    );
  });

  test('does not keep a download from its end, however steadily it comes', () => {
    let now = 0;
    const pace = new Pace(download, () => now);
    const add = (): void => {
      for (;;) {
        now += 1000;
        pace.add(2000);
      }
    };
    expect(add).toThrow('it: not complete after 600 s.');
    expect(now).toBe(601_000);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    [
      'one byte after the other',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100_000 });
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'one byte for each connection',
      ({ headers }, response) => {
        const at = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
        const range = { 'content-range': `bytes ${at}-99999/100000` };
        response.writeHead(at > 0 ? 206 : 200, { etag: '"x"', 'content-length': 100_000 - at, ...(at > 0 && range) });
        response.write('x', () => setTimeout(() => response.destroy(), 20));
      },
    ],
  ])('ends one that comes as %s', async (_, answer) => {
    const address = await serve(answer);
    const limits = { bytes: 1e6, timeoutMs: 60_000, pace: { bytesPerSecond: 1000, periodMs: 700 } };
    const saving = save(({ headers, signal }) => send(address, { headers, signal }, {}), {
      ...download,
      limits,
      file: join(await tempDir(), 'x'),
    });
    await expect(saving).rejects.toMatchObject({ code: 'DOWNLOAD_TOO_SLOW' });
  });

  test('counts the time in which nothing comes at all for the whole', async () => {
    const address = await serve((_, response) => void response.flushHeaders());
    const saving = save(({ headers, signal }) => send(address, { headers, signal }, {}), {
      ...download,
      limits: { bytes: 1e6, timeoutMs: 300 },
      file: join(await tempDir(), 'x'),
    });
    await expect(saving).rejects.toMatchObject({
      code: 'DOWNLOAD_TOO_SLOW',
      message: 'it: not complete after 0.3 s.',
    });
  });
});

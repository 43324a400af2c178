import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { archiveBytes, writeArchive, type ArchiveEntry } from '../../support/hostileArchive';
import { startPortal, type Portal } from '../../support/portal';
import { untilState } from '../../support/portalPlugins';
import { rawRequest } from '../../support/rawRequest';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';

const MB = 1024 * 1024;
/** What all the drops below together may add to the memory of the portal, in bytes; they claim to hold six times as much. */
const MEMORY = 400 * MB;

const head: ArchiveEntry = { path: 'package/package.json', content: '{"name":"hostile","version":"1.0.0"}' };

/** A drop that must be refused; `make` gets the place where it is to be. */
interface Hostile {
  what: string;
  code: string;
  /** The name it is refused under, where that is not the name of the drop: it got as far as its package.json. */
  name?: string;
  make: (place: string) => Promise<unknown>;
}

/** A folder with a package.json that is fine, and something that is not. */
function folder(what: string, code: string, spoil: (dir: string) => Promise<unknown>): Hostile {
  return {
    what: `a folder with ${what}`,
    code,
    make: async (place) => {
      const dir = await fixtureBundle(await tempDir(), 'greeter', { sealed: false, packageJson: { name: 'hostile' } });
      await spoil(dir);
      await rename(dir, place);
    },
  };
}

function archive(what: string, code: string, ...entries: ArchiveEntry[]): Hostile {
  return {
    what: `an archive with ${what}`,
    code,
    make: (place) => writeArchive(`${place}.tgz`, entries[0]?.path === head.path ? entries : [head, ...entries]),
  };
}

/** A bundle with a manifest, changed in one place after it was made. */
function bundle(what: string, code: string, spoil: (manifest: Record<string, unknown>) => unknown): Hostile[] {
  const made = async (): Promise<string> => {
    const dir = await fixtureBundle(await tempDir(), 'greeter', { packageJson: { name: 'hostile' } });
    const file = join(dir, 'dynamic-bundle.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const spoilt = spoil(manifest) ?? manifest;
    await writeFile(file, typeof spoilt === 'string' ? spoilt : JSON.stringify(spoilt));
    return dir;
  };
  return [
    { what: `a folder with ${what}`, code, make: async (place) => rename(await made(), place) },
    {
      what: `an archive with ${what}`,
      code,
      make: async (place) => {
        const [root, entry] = [join(place, '..'), `${place.split('/').at(-1)}.tgz`];
        await dropArchive(await made(), root, entry);
      },
    },
  ];
}

/** A package.json that is not fine, in a folder and in an archive. */
function packageJson(what: string, code: string, content: (name: string) => string): Hostile[] {
  const name = (kind: string): string => `${what.replaceAll(/[^a-z]+/g, '-')}-${kind}`;
  const named = (kind: string): { name?: string } => (code === 'MAIN_OUTSIDE' ? { name: name(kind) } : {});
  return [
    {
      ...folder(`a package.json ${what}`, code, (dir) => writeFile(join(dir, 'package.json'), content(name('folder')))),
      ...named('folder'),
    },
    {
      ...archive(
        `a package.json ${what}`,
        code,
        { path: 'package/package.json', content: content(name('archive')) },
        { path: 'package/index.cjs' },
      ),
      ...named('archive'),
    },
  ];
}

const role = { role: 'backend-plugin', pluginId: 'hostile' };
const fields =
  (more: Record<string, unknown>) =>
  (name: string): string =>
    JSON.stringify({ name, version: '1.0.0', main: 'index.cjs', backstage: role, ...more });

const hostile: Hostile[] = [
  folder('a link to /', 'ARCHIVE_UNSAFE', (dir) => symlink('/', join(dir, 'all'))),
  folder('a link to a file outside', 'ARCHIVE_UNSAFE', (dir) => symlink('/etc/hostname', join(dir, 'host'))),
  folder('a link that leads up', 'ARCHIVE_UNSAFE', (dir) => symlink('../..', join(dir, 'up'))),
  folder('a link to itself', 'ARCHIVE_UNSAFE', (dir) => symlink('loop', join(dir, 'loop'))),
  folder('a FIFO', 'ARCHIVE_UNSAFE', async (dir) => execFileSync('mkfifo', [join(dir, 'queue')])),
  folder('a FIFO for a manifest', 'ARCHIVE_UNSAFE', async (dir) =>
    execFileSync('mkfifo', [join(dir, 'dynamic-bundle.json')]),
  ),
  folder('a FIFO behind a link', 'ARCHIVE_UNSAFE', async (dir) => {
    execFileSync('mkfifo', [join(dir, 'queue')]);
    await symlink('queue', join(dir, 'link'));
  }),
  folder('a socket', 'ARCHIVE_UNSAFE', async (dir) => {
    const server = createServer().listen(join(dir, 's'));
    await new Promise((resolve) => server.once('listening', resolve));
    // The socket stays behind when its folder was renamed.
    await rename(join(dir, 's'), join(dir, 'socket'));
    server.close();
  }),
  folder('names that differ by case alone', 'ARCHIVE_UNSAFE', async (dir) => {
    await writeFile(join(dir, 'readme'), '1');
    await writeFile(join(dir, 'README'), '2');
  }),
  folder('a control character in a name', 'ARCHIVE_UNSAFE', (dir) => writeFile(join(dir, 'a\u001b[31m\nb'), 'x')),
  folder('a backslash in a name', 'ARCHIVE_UNSAFE', (dir) => writeFile(join(dir, '..\\..\\x'), 'x')),
  folder('more files than a bundle may have', 'ARCHIVE_TOO_LARGE', async (dir) => {
    for (let index = 0; index < 51; index++) {
      const below = join(dir, `${index}`);
      await mkdir(below);
      await Promise.all(Array.from({ length: 1000 }, (_, file) => writeFile(join(below, `${file}`), '')));
    }
  }),
  folder('a file larger than a bundle may be', 'ARCHIVE_TOO_LARGE', async (dir) => {
    await writeFile(join(dir, 'huge'), '');
    await truncate(join(dir, 'huge'), 600 * MB);
  }),
  ...packageJson('of 10 MB', 'PACKAGE_JSON_INVALID', fields({ padding: 'x'.repeat(10 * MB) })),
  ...packageJson(
    'with a __proto__ key',
    'PACKAGE_JSON_INVALID',
    () => '{"name":"hostile","version":"1.0.0","__proto__":{"main":"x"}}',
  ),
  ...packageJson(
    'nested without end',
    'PACKAGE_JSON_INVALID',
    () => `{"name":"hostile","backstage":${'['.repeat(200_000)}`,
  ),
  ...packageJson('whose name leads out', 'PACKAGE_JSON_INVALID', fields({ name: '../../../escaped' })),
  ...packageJson('whose main leads out', 'MAIN_OUTSIDE', fields({ main: '../../../../../../etc/passwd' })),
  ...packageJson('whose main is absolute', 'MAIN_OUTSIDE', fields({ main: '/etc/passwd' })),
  ...packageJson(
    'whose exports lead out',
    'MAIN_OUTSIDE',
    fields({ exports: { '.': { default: ['./index.cjs', '../../x'] } } }),
  ),
  ...bundle('a manifest that lists another file', 'DIGEST_MISMATCH', (manifest) => {
    (manifest.files as Array<{ path: string }>)[0]!.path = 'other.cjs';
  }),
  ...bundle('a manifest that lists a file outside', 'MANIFEST_INVALID', (manifest) => {
    (manifest.files as Array<{ path: string }>)[0]!.path = '../../outside';
  }),
  ...bundle('a manifest with another digest', 'DIGEST_MISMATCH', (manifest) => ({
    ...manifest,
    digest: '0'.repeat(64),
  })),
  ...bundle('a manifest of another package', 'MANIFEST_INVALID', (manifest) => ({
    ...manifest,
    name: 'greeter-dynamic',
  })),
  ...bundle('a manifest with a __proto__ key', 'MANIFEST_INVALID', (manifest) =>
    JSON.stringify(manifest).replace('{', '{"__proto__":{"native":{}},'),
  ),
  archive('a path that leads out', 'ARCHIVE_UNSAFE', { path: 'package/../../../../sentinel/escaped', content: 'x' }),
  archive('an absolute path', 'ARCHIVE_UNSAFE', { path: '/tmp/stagedoor-escaped', content: 'x' }),
  archive(
    'a long name that leads out',
    'ARCHIVE_UNSAFE',
    { path: 'package/long', type: 'NextFileHasLongPath', content: 'package/../../../../sentinel/escaped\0' },
    { path: 'package/short', content: 'x' },
  ),
  archive(
    'an extended header that leads out',
    'ARCHIVE_UNSAFE',
    { path: 'package/pax', type: 'ExtendedHeader', content: '42 path=package/../../../sentinel/escaped\n' },
    { path: 'package/short', content: 'x' },
  ),
  archive('a link to /', 'ARCHIVE_UNSAFE', { path: 'package/all', type: 'SymbolicLink', linkpath: '/' }),
  archive('a hard link to a file outside', 'ARCHIVE_UNSAFE', {
    path: 'package/hard',
    type: 'Link',
    linkpath: '/etc/hostname',
  }),
  archive('a device', 'ARCHIVE_UNSAFE', { path: 'package/zero', type: 'CharacterDevice' }),
  archive('a FIFO', 'ARCHIVE_UNSAFE', { path: 'package/queue', type: 'FIFO' }),
  archive('one name twice', 'ARCHIVE_UNSAFE', { path: 'package/a', content: '1' }, { path: 'package/a', content: '2' }),
  archive(
    'one name in two top folders',
    'ARCHIVE_UNSAFE',
    { path: 'package/a', content: '1' },
    { path: 'other/a', content: '2' },
  ),
  archive('names that differ by case alone', 'ARCHIVE_UNSAFE', { path: 'package/a' }, { path: 'package/A' }),
  archive(
    'names that differ by their accents\u2019 spelling',
    'ARCHIVE_UNSAFE',
    { path: 'package/\u00e9' },
    { path: 'package/e\u0301' },
  ),
  archive('a control character in a name', 'ARCHIVE_UNSAFE', { path: 'package/a\u001b[31m', content: 'x' }),
  archive('a file of 600 MB that is not there', 'ARCHIVE_TOO_LARGE', { path: 'package/x', patch: sizePatch(600 * MB) }),
  archive('a size below zero', 'ARCHIVE_INVALID', {
    path: 'package/x',
    content: 'x',
    patch: [
      [124, 0xff],
      [135, 0xff],
    ],
  }),
  archive(
    'a hundred thousand files',
    'ARCHIVE_TOO_LARGE',
    ...Array.from({ length: 100_000 }, (_, index) => ({ path: `package/${index}` })),
  ),
  {
    what: 'an archive that contains data after its end marker',
    code: 'ARCHIVE_UNSAFE',
    make: (place) =>
      writeFile(
        `${place}.tgz`,
        gzipSync(Buffer.concat([archiveBytes([head]), archiveBytes([{ path: 'package/more', content: 'x' }])])),
      ),
  },
  {
    what: 'an archive without an end',
    code: 'ARCHIVE_INVALID',
    make: (place) => writeFile(`${place}.tgz`, gzipSync(archiveBytes([head], false))),
  },
  {
    what: 'an archive that unzips to a thousand times its size',
    code: 'ARCHIVE_TOO_LARGE',
    make: (place) => writeArchive(`${place}.tgz`, [head, { path: 'package/zeros', content: Buffer.alloc(128 * MB) }]),
  },
  {
    what: 'an archive that unzips to zeros after its end',
    code: 'ARCHIVE_TOO_LARGE',
    make: (place) => writeFile(`${place}.tgz`, gzipSync(Buffer.concat([archiveBytes([head]), Buffer.alloc(128 * MB)]))),
  },
];

/** A size in the header, in octal digits. */
function sizePatch(size: number): Array<readonly [number, number]> {
  return [...size.toString(8).padStart(11, '0')].map((digit, index) => [124 + index, digit.charCodeAt(0)] as const);
}

/** Highest memory that a process has ever had resident, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  return Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

let portal: Portal;
let dir: string;

beforeAll(async () => {
  dir = await makeTempDir();
  await mkdir(join(dir, 'sentinel'));
  await writeFile(join(dir, 'sentinel/file'), 'untouched');
  // Without a limit V8 collects what is garbage when it likes, and the peak says little of what is held.
  const env = { NODE_OPTIONS: '--max-old-space-size=400' };
  portal = await startPortal({ dir, root: join(dir, 'drops/root'), stateDir: join(dir, 'state'), env });
  const greeter = await fixtureBundle(join(dir, 'drops'), 'greeter');
  await dropFolder(greeter, portal.root, 'greeter');
  await untilState(portal, 'greeter-dynamic', 'running');
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

describe('a portal into whose folder hostile bundles are dropped', () => {
  test('refuses each with its code, writes nothing outside its state folder, keeps its memory and goes on serving', async () => {
    const around = await listing();
    const before = await peakMemory(portal.pid);
    const answers = new Set<string | number>();
    // Each over a connection of its own: this process is busy for longer than the portal keeps idle ones.
    const ask = () => rawRequest(Number(new URL(portal.url).port), { target: '/api/greeter/version' });
    const asking = setInterval(() => {
      void ask().then(({ status, body }) =>
        answers.add(status === 200 ? (JSON.parse(body) as { version: string }).version : status),
      );
    }, 50);
    onTestFinished(() => clearInterval(asking));
    for (const [index, { make }] of hostile.entries()) await make(join(portal.root, `drop-${index}`));
    const statuses = await Promise.all(
      hostile.map(async ({ what, name }, index) => {
        const status = await untilState(portal, name ?? (await entryOf(index)), 'rejected');
        return { what, code: status.code, hint: status.hint };
      }),
    );
    clearInterval(asking);
    expect(statuses.map(({ what, code }) => [what, code])).toEqual(hostile.map(({ what, code }) => [what, code]));
    for (const { hint } of statuses) expect(hint).toBeTruthy();
    expect([...answers]).toEqual(['1.0.0']);
    expect(await listing()).toEqual(around);
    expect(await readFile(join(dir, 'sentinel/file'), 'utf8')).toBe('untouched');
    expect(await peakMemory(portal.pid)).toBeLessThan(before + MEMORY);
  });
});

/** The name that a drop has in the root directory, as folder or archive. */
async function entryOf(index: number): Promise<string> {
  return (await readdir(portal.root)).find((name) => name.replace(/\.tgz$/, '') === `drop-${index}`)!;
}

/** Everything around the drops and the state folder. Not by recursion: a drop holds a link to `/`. */
async function listing(): Promise<string[][]> {
  return await Promise.all([dir, join(dir, 'sentinel'), join(dir, 'drops')].map((place) => readdir(place)));
}

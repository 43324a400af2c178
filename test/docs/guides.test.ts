import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCodeBlocks, linkTargets } from '../support/markdown';
import { helloBundle } from '../support/hello';
import { patience } from '../support/patience';
import { patientShell } from '../support/patientShell';
import { startPortal, type Portal } from '../support/portal';
import { repository } from '../support/repository';
import { runShown } from '../support/shownCommands';
import { sqlitePrebuilt } from '../support/sqlitePrebuilt';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { testRegistry } from '../support/testRegistry';

const docs = join(repository, 'docs');
/** The folders whose pages are for a reader with a clone and `npm start`. */
const FOLDERS = ['getting-started', 'how-to', 'reference', 'explanation'];
const guides = ['architecture.md', 'errors.md', 'install-without-network.md', 'real-plugins.md', 'scaling.md'].concat(
  ...(await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(join(docs, folder))).map((file) => `${folder}/${file}`)),
  )),
);

let home: string;
/** A checkout as readers have it: the examples are copies, what they only use is linked. */
let checkout: string;
let portal: Portal;

beforeAll(async () => {
  home = await makeTempDir();
  checkout = join(home, 'stagedoor');
  await mkdir(checkout);
  await cp(join(repository, 'examples'), join(checkout, 'examples'), {
    recursive: true,
    filter: (path) => !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  for (const name of ['node_modules', 'cli', 'package.json', 'package-lock.json'])
    await symlink(join(repository, name), join(checkout, name));
  // What `npm start` leaves there.
  await mkdir(join(checkout, 'portal/dynamic-plugins-root'), { recursive: true });
  await cp(join(repository, 'portal/app-config.yaml'), join(checkout, 'portal/app-config.yaml'));
  await cp(await helloBundle(home, '0.1.0'), join(checkout, 'portal/dynamic-plugins-root/hello-dynamic-backend'), {
    recursive: true,
  });
  // The list of somebody who has one.
  const plugins = [{ package: './portal/dynamic-plugins-root/hello-dynamic-backend' }];
  await writeFile(join(checkout, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  portal = await startPortal({ dir: join(checkout, 'portal') });
});

afterAll(async () => {
  await portal?.stop();
  if (home) await removeTempDir(home);
});

/** Runs all commands of a page in one shell, in the checkout, against the portal. */
async function follow(page: string, env: Record<string, string> = {}) {
  const blocks = await allCodeBlocks(join(docs, page), 'sh');
  const script = blocks.join('\n').replaceAll('http://localhost:7007', portal.url);
  // A job control shell: what is started in the background ends by its number.
  const run = await runShown(`${patientShell(portal)}\n${script}`, { jobs: true, cwd: checkout, env });
  if (run.code !== 0) throw new Error(`${page} ended with ${run.code}\n${run.stdout}\n${run.stderr}`);
  return run.stdout + run.stderr;
}

/** What the commands of a page are to have said, by page. */
const SAID: Record<string, RegExp[]> = {
  'getting-started/author.md': [
    /3 passed/,
    /"message": ?"Hello from todo"/,
    /401\n/,
    /"message": ?"Good morning"/,
    /0 errors/,
  ],
  'getting-started/operator.md': [
    /"message": ?"Hello from app-config"/,
    // The answer of curl before it ends without a line break.
    /(^|\})running +@stagedoor\/hello-dynamic-backend-dynamic +\d/m,
    /(503|404)\n/,
    /200\n/,
    /portal .*: 0 errors/,
  ],
  'getting-started/platform.md': [/would add/, /added +\S+hello/, /greeting: Hello from the list/, /kept/],
  'install-without-network.md': [/locked in .*dynamic-plugins\.lock/, /^added +\S*hello/m],
  'how-to/develop.md': [/"message": ?"Hello from app-config, once more"/],
  'how-to/frontends.md': [/"packageName": ?"@stagedoor\/hello-dynamic-frontend-dynamic"/],
  'how-to/permissions.md': [/"by": ?"operators"/, /may change plugins: user:development\/guest\n/],
  'how-to/sign.md': [/signed/],
  'how-to/isolate.md': [/"state": ?"running"/],
  'how-to/migrate-from-rhdh.md': [/express/],
  'how-to/migrate-from-package-bundle.md': [/\/api\/hello\/ping \(unauthenticated\)/],
  'reference/bundle-format.md': [/"digest":/],
  'reference/admin-api.md': [/"openapi": ?"3\.1/, /"abi":/],
  'explanation/security.md': [/dynamicPlugins\.signatures\.mode/],
};

describe.each(guides)('docs/%s', (page) => {
  test('links to files only that are there, and is linked from the index', async () => {
    for (const target of await linkTargets(join(docs, page))) {
      if (/^https:/.test(target)) continue;
      expect(existsSync(join(docs, dirname(page), target.split('#')[0]!)), target).toBe(true);
    }
    expect(await linkTargets(join(docs, 'README.md'))).toContain(page);
  });

  test(
    'has commands that do what it says',
    async () => {
      const blocks = await allCodeBlocks(join(docs, page), 'sh');
      const expected = SAID[page] ?? [];
      expect(expected.length > 0, 'what the commands are to say').toBe(blocks.length > 0);
      if (blocks.length === 0) return;
      const registry = await testRegistry();
      const said = await follow(page, { ...registry.env, ...(await sqlitePrebuilt()) }).catch((error: Error) => {
        throw new Error([error.message, ...registry.missing(error.message)].join('\n'));
      });
      for (const pattern of expected) expect(said).toMatch(pattern);
    },
    patience.longTestMs,
  );
});

describe('The reference', () => {
  test('names the paths of the admin API that the portal describes, and no others', async () => {
    const answer = await portal.fetch('/api/dynamic-plugins/v1/openapi.json', { token: true });
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) =>
        ['get', 'post', 'delete'].includes(method) ? [`${method.toUpperCase()} ${path}`] : [],
      ),
    );
    expect((await rows('reference/admin-api.md')).sort()).toEqual(
      described.filter((path) => path.includes(' /v1/')).sort(),
    );
  });

  test('names every key of the config, and no other', async () => {
    const text = await readFile(join(repository, 'loader/config.d.ts'), 'utf8');
    const keys = [...text.matchAll(/^ {4}(\w+)\?:/gm)].map((match) => match[1]!);
    const named = (await rows('reference/config.md')).map((key) => key.split('.')[0]!);
    expect([...new Set(named)].sort()).toEqual(keys.sort());
  });
});

async function rows(page: string): Promise<string[]> {
  const text = await readFile(join(docs, page), 'utf8');
  return text
    .split('\n')
    .flatMap((line) =>
      [...(line.startsWith('| `') ? line.split('|')[1]! : '').matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
    );
}

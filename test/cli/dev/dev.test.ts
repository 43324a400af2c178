import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPage, startBrowser } from '../../support/browser';
import { startProcess } from '../../support/childProcess';
import { HELLO, HELLO_PAGE } from '../../support/hello';
import { attach } from '../../support/inspector';
import { untilState } from '../../support/portalPlugins';
import { processesBelow } from '../../support/processes';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';
import { change, develop, saveNumber, untilNumber, type Development } from './devSupport';
import { bin, stagedoor } from '../export/exportSupport';

const PARSE: [number, string] = [0, 'src/parseThing.ts'];
const PLUGIN: [number, string] = [0, 'src/plugin.ts'];
const ROUTER: [number, string] = [0, 'src/router.ts'];
const PAGE: [number, string] = [1, 'src/HelloPage.tsx'];

let development: Development;

beforeAll(async () => {
  development = await develop(['hello-dynamic-backend', 'hello-dynamic-frontend'], {
    env: { NODE_OPTIONS: '--enable-source-maps --inspect=0', OF_PORTAL: 'yes' },
    more: async (dir) => {
      const { code, stderr } = await stagedoor(dir, 'create', 'todo', '--id', 'todo');
      if (code !== 0) throw new Error(stderr);
      return [join(dir, 'todo')];
    },
  });
});

afterAll(() => development?.end());

/** What a test that failed has left in the source is no other test's concern. */
const sources = new Map<string, string>();
beforeAll(() => {
  for (const [nth, file] of [PARSE, PLUGIN, PAGE]) {
    const path = join(development.packages[nth]!, file);
    sources.set(path, readFileSync(path, 'utf8'));
  }
});
afterEach(async () => {
  for (const [path, text] of sources) if (readFileSync(path, 'utf8') !== text) await writeFile(path, text);
});

async function said(text: RegExp): Promise<void> {
  const { dev } = development;
  await waitFor(`stagedoor dev to say ${text}`, async () => text.test(dev.output())).catch((error: Error) => {
    throw new Error(`${error.message}\n${dev.output()}`);
  });
}

async function ping(): Promise<string> {
  return ((await (await development.portal.fetch('/api/hello/ping')).json()) as { message: string }).message;
}

function drops(): string[] {
  return readdirSync(development.portal.root).filter((name) => !name.startsWith('.'));
}

/** Line of a source file that holds a text, counted from 1. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

describe('stagedoor dev', () => {
  test('runs every package that it is given, one drop each', async () => {
    const { portal } = development;
    for (const name of [HELLO, HELLO_PAGE, 'todo-backend-dynamic']) await untilState(portal, name, 'running');
    expect(await (await portal.fetch('/api/todo/ping')).json()).toEqual({ message: 'Hello from todo' });
    expect(drops()).toHaveLength(3);
    await change(development, [2, 'src/plugin.ts'], 'Hello from todo', 'Good morning');
    await waitFor('the other plugin', async () =>
      (await (await portal.fetch('/api/todo/ping')).text()).includes('Good'),
    );
  });

  test('swaps what is saved into the running portal: the code that an export makes', async () => {
    for (const number of [1, 2]) {
      await saveNumber(development, number);
      await untilNumber(development, number);
    }
    expect(drops()).toHaveLength(3);
    const out = join(await tempDir(), 'bundle');
    expect(await stagedoor(development.packages[0]!, 'export', '--no-start-check', '--out', out)).toMatchObject({
      code: 0,
    });
    const drop = join(development.portal.root, '@stagedoor+hello-dynamic-backend-dynamic');
    expect(readFileSync(join(drop, 'dist/index.cjs.js'))).toEqual(readFileSync(join(out, 'dist/index.cjs.js')));
  });

  test('names file and line of what does not build, in the terminal and to the portal, while the last build goes on', async () => {
    const { portal } = development;
    const before = await ping();
    await change(development, PARSE, 'const MAX_LENGTH = 200;', 'const MAX_LENGTH = ;');
    await said(/error BUILD_FAILED: .*src\/parseThing\.ts:3:20: Unexpected ";"/);
    const status = await untilState(portal, HELLO, 'rejected');
    expect(status).toMatchObject({ code: 'BUILD_FAILED', loaded: { version: '0.1.0' } });
    expect(status.message).toContain('src/parseThing.ts:3:20: Unexpected ";"');
    expect(await ping()).toBe(before);
    await change(development, PARSE, 'const MAX_LENGTH = ;', 'const MAX_LENGTH = 200;');
    expect((await untilState(portal, HELLO, 'running')).message).toBeUndefined();
    await saveNumber(development, 3);
    await untilNumber(development, 3);
  });

  test('has the portal serve what is saved while the test host still starts it', async () => {
    const begun = join(await tempDir(), 'begun');
    const hang = `if (!process.env.OF_PORTAL) {
      (await import('node:fs')).writeFileSync(${JSON.stringify(begun)}, '');
      await new Promise(() => {});
    }\n`;
    await change(development, PLUGIN, 'const things =', `${hang}const things =`);
    await saveNumber(development, 4);
    await untilNumber(development, 4);
    const starting = async (): Promise<boolean> =>
      (await processesBelow(development.dev.pid)).some(({ command }) =>
        command.includes('startCheck/child/main.cjs.js'),
      );
    // Not only its process: a build that is replaced before it was read is not started at all.
    await waitFor('the test host to start it', async () => existsSync(begun));
    expect(await starting()).toBe(true);
    await saveNumber(development, 5);
    await untilNumber(development, 5);
    expect(await starting()).toBe(true);
    await change(development, PLUGIN, hang, '');
    await untilState(development.portal, HELLO, 'running');
  });

  test('tells what does not start, while the last build goes on', async () => {
    const before = await ping();
    const fault = "throw new Error('No things today');\n";
    await change(development, PLUGIN, 'const things =', `${fault}const things =`);
    await said(/error INIT_FAILED: .*No things today/);
    await untilState(development.portal, HELLO, 'failed');
    expect(await ping()).toBe(before);
    await change(development, PLUGIN, fault, '');
    await untilState(development.portal, HELLO, 'running');
  });

  test('shows what was saved on the page that is open, and where it does not build in the console', async () => {
    const remote = async () => {
      const answer = await development.portal.fetch('/.backstage/dynamic-features/remotes');
      const remotes = (await answer.json()) as Array<{ packageName: string; digest: string }>;
      return remotes.find(({ packageName }) => packageName === HELLO_PAGE)!;
    };
    const browser = await startBrowser();
    onTestFinished(() => browser.close());
    const { page } = await openPage(browser, `${development.portal.url}/hello`);
    await page.getByRole('button', { name: 'Ping the backend' }).waitFor();
    const before = await remote();
    await change(development, PAGE, 'Ping the backend', 'Ask the backend');
    const { digest } = await waitFor('the remote', async () => {
      const now = await remote();
      return now.digest !== before.digest && now;
    });
    expect(await untilState(development.portal, HELLO_PAGE, 'running')).toMatchObject({
      developed: true,
      loaded: { digest },
    });
    await page.getByRole('button', { name: 'Ask the backend' }).waitFor();
    await change(development, PAGE, 'Ask the backend', 'Ask <the backend');
    await said(/error BUILD_FAILED: .*src\/HelloPage\.tsx:\d+:\d+: /);
    const { message } = await untilState(development.portal, HELLO_PAGE, 'rejected');
    expect(message).toContain(`src/HelloPage.tsx:${lineOf(join(development.packages[1]!, PAGE[1]), '<the backend')}`);
    expect((await remote()).digest).toBe(digest);
    await page.getByRole('link', { name: 'Plugins' }).first().click();
    await page.getByText('src/HelloPage.tsx').first().waitFor();
  });
});

describe('What stagedoor dev builds', () => {
  test('stops a debugger at the line of TypeScript where a breakpoint was set, and names it in stack traces', async () => {
    const { portal, packages } = development;
    await change(development, ROUTER, /message: greeting[^,]*,/, 'message: String(new Error(greeting).stack),');
    await waitFor('the stack', async () => (await ping()).startsWith('Error: '));
    const source = join(packages[0]!, ROUTER[1]);
    const line = lineOf(source, 'new Error(greeting)');
    expect(await ping()).toContain(`${source}:${line}:`);

    const address = /Debugger listening on (ws:\S+)/.exec(portal.logs())![1]!;
    const editor = await attach(address);
    try {
      const remove = await editor.breakAt({ url: pathToFileURL(source).href, line });
      const answer = ping();
      expect(await editor.paused()).toEqual({ url: pathToFileURL(source).href, line });
      expect(await editor.evaluate('greeting')).toBe('Hello from app-config');
      await remove();
      await editor.resume();
      expect(await answer).toMatch(/^Error: Hello from app-config/);
    } finally {
      editor.close();
    }
  });
});

describe('stagedoor dev, ended', () => {
  test('leaves what runs, and no report of what did not build', async () => {
    await change(development, PAGE, 'Ping the backend', 'Ping <the backend');
    await untilState(development.portal, HELLO_PAGE, 'rejected');
    expect(await development.dev.stop('SIGINT')).toEqual({ code: 0, signal: null });
    await untilState(development.portal, HELLO_PAGE, 'running');
    expect(drops()).toHaveLength(3);
    const hidden = readdirSync(development.portal.root, { recursive: true }).filter(
      (path) => /^\.dist|json$/.test(String(path)) && String(path).startsWith('.'),
    );
    expect(hidden).toEqual([]);
    expect(await ping()).toMatch(/^Error: /);
  });
});

describe('stagedoor dev, without a folder', () => {
  test('takes every plugin of the workspace, those for browsers among them', async () => {
    const { packages } = development;
    const root = dirname(packages[0]!);
    await writeFile(join(root, 'package.json'), '{"private": true, "workspaces": ["*"]}');
    const dev = startProcess(process.execPath, [bin, 'dev', '--portal', await tempDir(), '--json'], { cwd: root });
    onTestFinished(async () => void (await dev.stop()));
    await waitFor('it to watch', async () => dev.stdout().includes('"watching"') || dev.exit() !== undefined);
    const last = JSON.parse(dev.stdout().trim().split('\n').at(-1)!) as { packages: string[] };
    expect(last.packages.sort()).toEqual([...packages].sort());
  });
});

describe('stagedoor dev, refused', () => {
  test('names the root directory that is not a folder', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'package.json'), '{"name": "x", "version": "1.0.0"}');
    const { code, stderr } = await stagedoor(dir, 'dev', '--portal', 'absent');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: .*absent is not a folder.\nhint: .*dynamicPlugins\.rootDirectory/m);
    expect((await stagedoor(dir, 'dev')).stderr).toMatch(/^error USAGE: .*portal/m);
  });

  test('does not write into what was installed', async () => {
    const dir = await tempDir();
    for (const folder of ['plugin', 'root/.stagedoor-install/x']) await mkdir(join(dir, folder), { recursive: true });
    await writeFile(join(dir, 'plugin/package.json'), '{"name": "x", "version": "1.0.0"}');
    await writeFile(join(dir, 'root/.stagedoor-install/x/package.json'), '{"name": "x-dynamic", "version": "1.0.0"}');
    await symlink('.stagedoor-install/x', join(dir, 'root/x-dynamic'));
    const { code, stderr } = await stagedoor(join(dir, 'plugin'), 'dev', '--portal', '../root');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error ROOT_ENTRY_TAKEN: .*is a link to an installed x-dynamic/m);
  });
});

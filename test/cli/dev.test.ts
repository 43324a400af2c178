import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { developHello, saveNumber, untilNumber, type Development } from './devSupport';
import { stagedoor } from './exportSupport';

async function said({ dev }: Development, text: string | RegExp): Promise<void> {
  await waitFor(`stagedoor dev to say ${text}`, async () => new RegExp(text).test(dev.output()), 20_000).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${dev.output()}`);
    },
  );
}

async function answerOf({ portal }: Development): Promise<{ message: string }> {
  return (await (await portal.fetch('/api/hello/ping')).json()) as { message: string };
}

describe('stagedoor dev', () => {
  it('swaps what is saved into the running portal, and leaves it there', async () => {
    const development = await developHello();
    await saveNumber(development, 1);
    await untilNumber(development, 1, performance.now());
    await saveNumber(development, 2);
    await untilNumber(development, 2, performance.now());
    expect(await development.stop()).toEqual({ code: 0, signal: null });
    expect((await answerOf(development)).message).toMatch(/ 2$/);
    expect(readdirSync(development.portal.root).filter((name) => !name.startsWith('.'))).toHaveLength(1);
    expect(readdirSync(development.portal.root).filter((name) => name.startsWith('.dist-dynamic'))).toEqual([]);
  });

  it('names file and line of what does not build, while the last build goes on', async () => {
    const development = await developHello();
    const before = await answerOf(development);
    await development.change('src/parseThing.ts', 'const MAX_LENGTH = 200;', 'const MAX_LENGTH = ;');
    await said(development, /error BUILD_FAILED: .*src\/parseThing\.ts:3:20: Unexpected ";"/);
    expect(await answerOf(development)).toEqual(before);
    await development.change('src/parseThing.ts', 'const MAX_LENGTH = ;', 'const MAX_LENGTH = 100;');
    await saveNumber(development, 3);
    await untilNumber(development, 3, performance.now());
  });

  it('tells what does not start, while the last build goes on', async () => {
    const development = await developHello();
    const before = await answerOf(development);
    await development.change('src/plugin.ts', 'const things =', "throw new Error('No things today');\nconst things =");
    await said(development, /error INIT_FAILED: .*No things today/);
    expect(await answerOf(development)).toEqual(before);
  });
});

describe('What stagedoor dev builds', () => {
  it('has stack traces that name lines of TypeScript, and source maps that lead a debugger there', async () => {
    const development = await developHello({ env: { NODE_OPTIONS: '--enable-source-maps' } });
    await development.change('src/router.ts', /message: greeting[^,]*,/, 'message: String(new Error().stack),');
    const source = join(development.plugin, 'src/router.ts');
    await waitFor('the stack', async () => (await answerOf(development)).message.startsWith('Error'), 20_000);
    const line = readFileSync(source, 'utf8').slice(0, readFileSync(source, 'utf8').indexOf('new Error()')).split('\n');
    expect((await answerOf(development)).message).toContain(`${source}:${line.length}:`);

    const [entry] = readdirSync(development.portal.root).filter((name) => !name.startsWith('.'));
    const map = JSON.parse(readFileSync(join(development.portal.root, entry!, 'dist/index.cjs.js.map'), 'utf8')) as {
      sourceRoot: string;
      sources: string[];
    };
    const router = map.sources.find((path) => path.endsWith('src/router.ts'))!;
    expect(fileURLToPath(new URL(router, map.sourceRoot))).toBe(source);
  });
});

describe('stagedoor dev, refused', () => {
  it('names the root directory that is no folder', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'package.json'), '{"name": "x", "version": "1.0.0"}');
    const { code, stderr } = await stagedoor(dir, 'dev', '--portal', 'absent');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error USAGE: .*absent is no folder.\nhint: .*dynamicPlugins\.rootDirectory/m);
    expect((await stagedoor(dir, 'dev')).stderr).toMatch(/^error USAGE: .*portal/m);
  });

  it('does not write into what was installed', async () => {
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

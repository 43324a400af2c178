import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exported, filesOf, fixturePackage, stagedoor } from '../exportSupport';

// Each fixture's init asks its libraries and compares their answers: verification fails where one breaks.

/** Files of the bundle below a folder. */
async function carried(path: string, folder: string): Promise<string[]> {
  return await filesOf(join(path, folder)).catch(() => []);
}

describe('A library that reads files beside its own code', () => {
  it('is bundled, and the files that it can reach travel, wherever its code finds its place', async () => {
    const result = await exported(await fixturePackage('libraries-with-data'));
    expect(result.hoisted).toEqual([]);
    expect(await carried(result.path, 'embedded')).toEqual([
      '@fixture+adds-with-wasm-1.0.0/add.wasm',
      '@fixture+reads-by-url-1.0.0/by-path.txt',
      '@fixture+reads-by-url-1.0.0/by-url.txt',
      '@fixture+reads-protos-1.0.0/package.json',
      '@fixture+reads-protos-1.0.0/protos/service.proto',
      '@fixture+reads-protos-1.0.0/protos/types/type.proto',
      '@fixture+reads-text-1.0.0/lib/data/words.txt',
      '@fixture+tells-its-folder-1.0.0/package.json',
    ]);
  });
});

describe('A library that loads code by itself', () => {
  it('is hoisted with what it loads and why; one that loads what its user installs is not', async () => {
    const byName = 'loads code by names that only exist at run time';
    const result = await exported(await fixturePackage('libraries-that-load-code'));
    expect(result.hoisted).toEqual([
      { name: '@fixture/globs-a-dialect', version: '1.0.0', reason: byName },
      { name: '@fixture/picks-a-dialect', version: '1.0.0', reason: byName },
      { name: '@fixture/picks-a-store', version: '1.0.0', reason: byName },
      { name: '@fixture/runs-a-worker', version: '1.0.0', reason: 'reads its own worker.js' },
    ]);
    const inlined = result.inlined.map((entry) => entry.name);
    expect(inlined).toContain('@fixture/renders-with-an-engine');
    expect(await carried(result.path, 'node_modules/@fixture')).toEqual([
      'globs-a-dialect/dialects/ionic.js',
      'globs-a-dialect/index.js',
      'globs-a-dialect/package.json',
      'memory-store/index.js',
      'memory-store/package.json',
      'multiplies/index.js',
      'multiplies/package.json',
      'picks-a-dialect/dialects/doric.js',
      'picks-a-dialect/dialects/shared/greet.js',
      'picks-a-dialect/index.js',
      'picks-a-dialect/package.json',
      'picks-a-store/index.js',
      'picks-a-store/package.json',
      'runs-a-worker/lib/index.js',
      'runs-a-worker/lib/worker.js',
      'runs-a-worker/package.json',
      'store-names/index.js',
      'store-names/package.json',
    ]);
  });
});

describe('Libraries of every module kind', () => {
  const hoisted = ['@fixture/dual-hoisted', '@fixture/esm-hoisted', '@fixture/imports-what-waits'];

  it('give an ES module what Node.js would give it', async () => {
    const result = await exported(await fixturePackage('libraries-of-every-module-kind'));
    expect(result.hoisted.map((entry) => entry.name).sort()).toEqual(hoisted);
    expect(result.hoisted.find((entry) => entry.name === hoisted[2])?.reason).toBe(
      'imports @fixture/waits-at-the-top, which uses top-level await',
    );
    // Imported as an ES module, required by the bundle: both of its faces are there.
    expect(await carried(result.path, `node_modules/${hoisted[0]}`)).toEqual([
      'data.json',
      'import.mjs',
      'package.json',
      'require.cjs',
    ]);
  });

  it('give a CommonJS module what Node.js would give it', async () => {
    const dir = await fixturePackage('libraries-of-every-module-kind');
    const file = join(dir, 'package.json');
    const source = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...source, type: 'commonjs', main: 'src/plain.cjs' }));
    await rm(join(dir, 'src/index.js'));
    expect((await exported(dir)).hoisted.map((entry) => entry.name).sort()).toEqual(hoisted);
  });

  it('cannot wait at the top when they are imported statically, which the error says with the remedy', async () => {
    const { code, stderr } = await stagedoor(await fixturePackage('waits-for-a-library'), 'export');
    expect(code).toBe(1);
    expect(stderr).toContain('error BUILD_FAILED: src/index.ts: @fixture/waits-at-the-top uses top-level await');
    expect(stderr).toContain("await import('@fixture/waits-at-the-top')");
  });
});

describe('A package with prebuilt native code', () => {
  it('comes with the build for this platform, which the manifest records', async () => {
    const result = await exported(await fixturePackage('native-prebuilds'));
    expect(result.hoisted).toMatchObject([{ name: 'bufferutil', reason: 'loads a native addon' }]);
    expect(await carried(result.path, 'node_modules/bufferutil/prebuilds')).toEqual([
      `${process.platform}-${process.arch}/bufferutil.node`,
    ]);
    const manifest = JSON.parse(await readFile(join(result.path, 'dynamic-bundle.json'), 'utf8')) as object;
    expect(manifest).toHaveProperty('native', {
      platform: process.platform,
      arch: process.arch,
      abi: process.versions.modules,
    });
  });
});

describe('Workers of the plugin itself, CommonJS and ES modules', () => {
  it('are bundled with what they import, and lie where the plugin looks for them', async () => {
    const result = await exported(await fixturePackage('own-worker'));
    expect(await carried(result.path, 'src')).toEqual([
      'pool/factor.json',
      'pool/worker.js',
      'pool/worker.js.map',
      'pool/worker.mjs',
      'pool/worker.mjs.map',
    ]);
    expect(result.hoisted).toEqual([]);
    expect(result.inlined.map((entry) => entry.name)).toEqual(['@fixture/multiplies']);
  });
});

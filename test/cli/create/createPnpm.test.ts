import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { patience } from '../../support/patience';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { published, useScope } from './createdSupport';

const pnpm = join(repository, 'node_modules/pnpm/bin/pnpm.cjs');

test(
  'A plugin that is made by itself for pnpm installs, tests green and builds',
  async () => {
    const { url, run, create } = await published();
    const dir = await tempDir();
    await create(dir, '--id', 'todo', '--package-manager', 'pnpm');
    const plugin = join(dir, 'todo-backend');
    await useScope(plugin, url);
    const withPnpm = (...args: string[]) => run(plugin, process.execPath, pnpm, ...args);
    await withPnpm('install', '--no-frozen-lockfile', '--prefer-offline');
    const [tested, exported] = await Promise.all([withPnpm('test'), withPnpm('export-dynamic'), withPnpm('types')]);
    expect(tested).toMatch(/3 passed/);
    expect(exported).toContain('/api/todo/ping (unauthenticated)');
    const manifest = JSON.parse(await readFile(join(plugin, 'dist-dynamic/dynamic-bundle.json'), 'utf8')) as {
      source: { lockfile: { kind: string } };
    };
    expect(manifest.source.lockfile.kind).toBe('pnpm');
  },
  patience.longTestMs,
);

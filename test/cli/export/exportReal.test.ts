import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { exported, filesOf } from './exportSupport';

interface RealPlugin {
  name: string;
  pluginIds: string[];
  modules?: string[];
  opened?: string[];
  /** A file that must travel. */
  carries?: string;
  hoisted?: string[];
}

const plugins: RealPlugin[] = [
  {
    name: '@backstage-community/plugin-sonarqube-backend',
    pluginIds: ['sonarqube'],
    carries: 'dist/configSchema.json',
  },
  {
    name: '@backstage-community/plugin-badges-backend',
    pluginIds: ['badges'],
    opened: ['/entity/:entityUuid/:badgeId', '/entity/:namespace/:kind/:name/badge/:badgeId'],
    carries: 'migrations/20230404_init.js',
  },
  { name: '@backstage-community/plugin-todo-backend', pluginIds: ['todo'], hoisted: ['leasot'] },
  {
    name: '@backstage/plugin-notifications-backend',
    pluginIds: ['notifications'],
    opened: ['/health'],
    carries: 'migrations/20231215_init.js',
  },
  {
    name: '@backstage/plugin-auth-backend-module-github-provider',
    pluginIds: [],
    modules: ['auth/github-provider'],
    carries: 'dist/.config-schema.json',
  },
];

describe('A published plugin exports by name, with no flag, and starts on the test host', () => {
  it.each(plugins)('$name', async ({ name, pluginIds, modules = [], opened = [], carries, hoisted = [] }) => {
    const out = join(await tempDir(), 'bundle');
    const result = await exported(join(repository, 'test'), name, '--out', out);
    expect(result.startCheck).toBe('passed');
    expect(result.pluginIds).toEqual(pluginIds);
    expect(result.modules.map(({ pluginId, moduleId }) => `${pluginId}/${moduleId}`)).toEqual(modules);
    expect(result.openedRoutes.map((route) => route.path)).toEqual(opened);
    expect(result.hoisted.map((entry) => entry.name)).toEqual(hoisted);
    if (carries) expect(await filesOf(out)).toContain(carries);
    // Any host of the same major release can load it: nothing pins a 0.x minor that hosts leave behind.
    expect(Object.keys(result.shared)).not.toContain('@backstage/backend-defaults');
    const code = await readFile(join(out, 'dist/index.cjs.js'), 'utf8');
    expect(code).not.toContain(repository);
    expect(code).not.toContain('require("@backstage/backend-defaults');
  });
});

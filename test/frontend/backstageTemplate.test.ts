import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pacote from 'pacote';
import { expect, test } from 'vitest';
import { fixedPackages, npmSettings } from '../../scripts/lib/fixedRegistry.mjs';
import { exported } from '../cli/export/exportSupport';
import { runProcess } from '../support/childProcess';
import { patience } from '../support/patience';
import { tempDir } from '../support/tempDir';
import { testRegistry } from '../support/testRegistry';

const yarn = createRequire(import.meta.url).resolve('@yarnpkg/cli-dist/bin/yarn.js');

/** The templates of `backstage-cli new`, at one version and with its content. */
const TEMPLATES = {
  spec: '@backstage/cli-module-new@0.1.9',
  integrity: 'sha512-QSlEBoXiJ0dA3w2+oTYJturqiTps4DuUMW2+xsMntr7/pIru5mnn9HVd6pTq4G+OMm8fzA6TbIt7NOjDHzL6DQ==',
};

const VALUES: Record<string, string> = {
  packageName: '@internal/plugin-todo',
  pluginId: 'todo',
  pluginVar: 'todoPlugin',
};

/** Fills in a template as `backstage-cli new` does: `versionQuery` is what the workspace has, or else the range in the template. */
function render(template: string): string {
  return template
    .replace(/\{\{\s*versionQuery '([^']+)'(?: '([^']+)')?\s*\}\}/g, (_all, name: string, fallback = '*') => {
      const versions = Object.keys(fixedPackages().get(name) ?? {});
      return versions.length > 0 ? `^${versions.at(0)}` : String(fallback);
    })
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, key: string) => VALUES[key]!);
}

/** The plugin that `backstage-cli new --select frontend-plugin` makes, in a folder of a workspace. */
async function newFrontendPlugin(dir: string): Promise<void> {
  const templates = await tempDir();
  const { spec, ...options } = TEMPLATES;
  await pacote.extract(spec, templates, { ...(await npmSettings()), ...options, preferOffline: true });
  await cp(join(templates, 'templates/frontend-plugin'), dir, { recursive: true });
  for (const entry of await readdir(dir, { recursive: true })) {
    const file = join(dir, entry);
    if (!file.endsWith('.hbs')) continue;
    await writeFile(file.slice(0, -'.hbs'.length), render(await readFile(file, 'utf8')));
    await rm(file);
  }
  await rm(join(dir, 'portable-template.yaml'));
  const file = join(dir, 'package.json');
  const { name, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const added = { version: '0.1.0', license: 'Apache-2.0', private: true };
  await writeFile(file, JSON.stringify({ name, ...added, ...rest }, null, 2));
}

test(
  'The frontend plugin that `backstage-cli new` makes in a Yarn workspace is exported unmodified',
  async () => {
    const registry = await testRegistry();
    const root = await tempDir();
    const plugin = join(root, 'plugins/todo');
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ name: 'root', private: true, workspaces: { packages: ['plugins/*'] } }),
    );
    await writeFile(join(root, 'yarn.lock'), '');
    const settings = [
      'nodeLinker: node-modules',
      'enableTelemetry: false',
      'enableScripts: false',
      `globalFolder: ${join(root, '.yarn-global')}`,
      'unsafeHttpWhitelist: ["127.0.0.1"]',
      `npmRegistryServer: "${registry.url.replace(/\/$/, '')}"`,
    ];
    await writeFile(join(root, '.yarnrc.yml'), `${settings.join('\n')}\n`);
    await mkdir(join(root, 'plugins'));
    await newFrontendPlugin(plugin);
    const made = await readFile(join(plugin, 'package.json'), 'utf8');
    // What it is developed with is not installed: several hundred packages, of which a bundle has none. React is its peer.
    const { devDependencies: _, ...runtime } = JSON.parse(made) as Record<string, unknown>;
    const peers = { react: '^18.0.0', 'react-dom': '^18.0.0', 'react-router-dom': '^6.30.2' };
    await writeFile(join(plugin, 'package.json'), JSON.stringify({ ...runtime, devDependencies: peers }));
    const install = await runProcess(process.execPath, [yarn, 'install', '--no-immutable'], { cwd: root });
    const said = install.stdout + install.stderr;
    expect(install.code, [said, ...registry.missing(said)].join('\n')).toBe(0);
    await writeFile(join(plugin, 'package.json'), made);

    const result = await exported(plugin);
    expect(result).toMatchObject({
      name: '@internal/plugin-todo-dynamic',
      role: 'frontend-plugin',
      pluginIds: ['todo'],
    });
    const manifest = JSON.parse(await readFile(join(result.path, 'dynamic-bundle.json'), 'utf8')) as {
      source: { lockfile: { kind: string } };
    };
    expect(manifest.source.lockfile.kind).toBe('yarn-berry');
  },
  patience.longTestMs,
);

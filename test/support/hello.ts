import { build } from 'esbuild';
import { digestOf, formatManifest, listFiles, MANIFEST_FILE } from '@stagedoor/bundle';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './repository';

const source = join(repository, 'examples/hello-dynamic-backend');

export async function helloBundle(parent: string, version: string): Promise<string> {
  const dir = join(parent, `hello-${version}`);
  await mkdir(dir, { recursive: true });
  await cp(join(source, 'migrations'), join(dir, 'migrations'), { recursive: true });
  await build({
    entryPoints: [join(source, 'src/index.ts')],
    outfile: join(dir, 'dist/index.cjs.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['@backstage/backend-plugin-api', '@backstage/errors'],
  });
  const pkg = {
    name: '@stagedoor/hello-dynamic-backend-dynamic',
    version,
    main: 'dist/index.cjs.js',
    backstage: { role: 'backend-plugin' as const, pluginId: 'hello' },
  };
  await writeFile(join(dir, 'package.json'), JSON.stringify(pkg));
  const files = await listFiles(dir);
  await writeFile(
    join(dir, MANIFEST_FILE),
    formatManifest({
      format: 1,
      name: pkg.name,
      version,
      role: pkg.backstage.role,
      source: { name: '@stagedoor/hello-dynamic-backend', version },
      host: { shared: { '@backstage/backend-plugin-api': '^1.0.0', '@backstage/errors': '^1.0.0' } },
      files,
      digest: digestOf(files),
      tool: { name: 'x', version: '1' },
    }),
  );
  return dir;
}

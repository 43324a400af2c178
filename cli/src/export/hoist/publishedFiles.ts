import type packlist from 'npm-packlist';
import { MANIFEST_FILE } from '@stagedoor/bundle';
import type { InstalledManifest } from '../source/installedPackage';

/** Staging folders of exports that run now, and archives. */
export const LEFT_BY_EXPORTS = /(^|\/)\.dist-dynamic-|-dynamic-\d[^/]*\.tgz$/;
const COMPILED = /\.([cm]?js|[cm]?ts|tsx|jsx)(\.map)?$/;

/** Loads npm's rules, which takes longer than applying them: best while something else is waited for. */
export async function loadPacklist(): Promise<{ default: typeof packlist }> {
  return import('npm-packlist');
}

/**
 * The files besides code that a package publishes, as npm would pack them, relative and sorted: migrations, schemas,
 * templates, README, licence. Code below dist/ and src/ is bundled; package.json and alpha/ are written anew.
 */
export async function publishedFiles(dir: string, manifest: InstalledManifest): Promise<string[]> {
  const { default: list } = await loadPacklist();
  const paths = await list({
    path: dir,
    // Bundled dependencies are decided about by the export, not by the package.
    package: { ...manifest, bundleDependencies: undefined, bundledDependencies: undefined },
    isProjectRoot: true,
    edgesOut: new Map<string, unknown>(),
  });
  const bundles = bundlesAmong(paths);
  return paths.filter((path) => travels(path) && !bundles.some((folder) => path.startsWith(folder))).sort();
}

/** The next bundle must not contain what --out left inside the package. */
function bundlesAmong(paths: string[]): string[] {
  const manifest = `/${MANIFEST_FILE}`;
  return paths.filter((path) => path.endsWith(manifest)).map((path) => path.slice(0, -MANIFEST_FILE.length));
}

function travels(path: string): boolean {
  if (path === 'package.json' || /^(alpha|dist-dynamic|dist-types|node_modules)\//.test(path)) return false;
  if (LEFT_BY_EXPORTS.test(path)) return false;
  return !(/^(dist|src)\//.test(path) && COMPILED.test(path));
}

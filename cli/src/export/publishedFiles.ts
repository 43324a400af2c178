import type { InstalledManifest } from './installedPackage';

const COMPILED = /\.([cm]?js|[cm]?ts|tsx|jsx)(\.map)?$/;

/**
 * The files besides code that a package publishes, as npm would pack them, relative and sorted: migrations, schemas,
 * templates, README, licence. Code below dist/ and src/ is bundled; package.json and alpha/ are written anew.
 */
export async function publishedFiles(dir: string, manifest: InstalledManifest): Promise<string[]> {
  const { default: packlist } = await import('npm-packlist');
  const paths = await packlist({
    path: dir,
    // Bundled dependencies are decided about by the export, not by the package.
    package: { ...manifest, bundleDependencies: undefined, bundledDependencies: undefined },
    isProjectRoot: true,
    edgesOut: new Map<string, unknown>(),
  });
  return paths.filter(travels).sort();
}

function travels(path: string): boolean {
  if (path === 'package.json' || /^(alpha|dist-dynamic|dist-types|node_modules)\//.test(path)) return false;
  if (/^\.dist-dynamic-/.test(path)) return false;
  return !(/^(dist|src)\//.test(path) && COMPILED.test(path));
}

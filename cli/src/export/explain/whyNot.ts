import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isVirtual } from '../bundle/virtualInputs';
import type { BundleParts } from '../describe/bundleParts';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';

/** Why a package is neither in the bundle nor imported by it, as one clause. */
export async function whyNot(name: string, parts: BundleParts, context: ExportContext): Promise<string> {
  const { plan } = context;
  const dropped = droppedBy(name, parts, context);
  if (dropped) return `imported by ${dropped}, but none of its code is used`;
  const types = await typesOnlyIn(name, parts, context);
  if (types) return `only its types are imported, in ${types}`;
  const { manifest } = plan.self;
  if (plan.provided.has(name)) return 'the host provides it, and nothing in the bundle imports it';
  if (manifest.dependencies?.[name] ?? manifest.peerDependencies?.[name] ?? manifest.optionalDependencies?.[name]) {
    return `${plan.pkg.name} declares it, but no code of it imports it`;
  }
  if (manifest.devDependencies?.[name])
    return `a development dependency of ${plan.pkg.name}; no code that runs imports it`;
  const declaring = [...parts.build.contents.inlined.values()].find(
    (entry) => entry.package.manifest.dependencies?.[name] !== undefined,
  );
  if (declaring) return `${declaring.package.name} declares it, but none of its code in the bundle imports it`;
  return 'nothing in the bundle depends on it';
}

/** The first file with an import that esbuild followed, and left out again because nothing of it is needed. */
function droppedBy(name: string, { build }: BundleParts, { plan, finder }: ExportContext): string | undefined {
  const { workspace } = plan;
  const { inputs } = build.output;
  for (const [path, { imports }] of Object.entries(inputs)) {
    const owner = ownerOf(path);
    if (!owner || owner.name === name) continue;
    if (imports.some((entry) => !entry.external && ownerOf(entry.path)?.name === name)) return shown(owner, path);
  }
  return undefined;

  function ownerOf(path: string): InstalledPackage | undefined {
    return isVirtual(path) ? undefined : finder.ofFile(join(workspace.root, path));
  }
  function shown(owner: InstalledPackage, path: string): string {
    return `${owner.name} (${relative(owner.dir, join(workspace.root, path))})`;
  }
}

/** The first TypeScript source that names the package in an import: esbuild drops imports of which only types are used. */
async function typesOnlyIn(
  name: string,
  { build }: BundleParts,
  { plan, finder }: ExportContext,
): Promise<string | undefined> {
  const pattern = new RegExp(
    `(?:from|import)\\s*\\(?\\s*["']${name.replace(/[.+*?^$()[\]{}|\\/]/g, '\\$&')}(?:/[^"']*)?["']`,
  );
  for (const path of Object.keys(build.output.inputs)) {
    if (isVirtual(path) || !/\.[cm]?tsx?$/.test(path)) continue;
    const file = join(plan.workspace.root, path);
    if (pattern.test(await readFile(file, 'utf8'))) {
      const owner = finder.ofFile(file);
      return owner ? `${owner.name} (${relative(owner.dir, file)})` : path;
    }
  }
  return undefined;
}

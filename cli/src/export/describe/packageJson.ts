import { backstageRelease } from '@stagedoor/bundle';
import { declaredFeature, isFurther } from '../plan/entries';
import type { ExportedPackage, Plan } from '../plan/plan';
import type { InstalledPackage } from '../source/installedPackage';

/** What people read about a package, kept as it is. */
const KEPT = ['description', 'keywords', 'license', 'author', 'homepage', 'repository', 'bugs'] as const;

/** What the package.json of a bundle says besides what its source says. */
export interface BundlePackage {
  peerDependencies: Record<string, string>;
  /** Names of database drivers that it uses where the host has them. */
  hostDrivers: readonly string[];
  /** Versions of the packages in the bundle's node_modules, by name. */
  hoisted: Record<string, string>;
  /** The packages in it that were inlined. */
  inlined: readonly InstalledPackage[];
}

/** The package.json of the bundle as text. */
export function bundlePackageJson(
  plan: Plan,
  { peerDependencies, hostDrivers, hoisted, inlined }: BundlePackage,
): string {
  const hasHoisted = Object.keys(hoisted).length > 0;
  return toJson({
    name: plan.name,
    version: plan.pkg.version,
    ...keptFields(plan),
    // Other files of the package, e.g. migrations, keep their module kind; dist/ says its own.
    ...(plan.pkg.type === 'module' && { type: 'module' }),
    main: 'dist/index.cjs.js',
    backstage: { ...backstageField(plan), ...features(plan), ...pluginPackages(plan, inlined) },
    ...(hasHoisted && { dependencies: hoisted, bundleDependencies: Object.keys(hoisted) }),
    peerDependencies: { ...peerDependencies, ...Object.fromEntries(hostDrivers.map((name) => [name, '*'])) },
    ...(hostDrivers.length > 0 && {
      peerDependenciesMeta: Object.fromEntries(hostDrivers.map((name) => [name, { optional: true }])),
    }),
    engines: { node: '>=20.19.0' },
    // Tells loaders to wait for dynamic-bundle.json.
    stagedoor: { format: 1 },
  });
}

/** The fields of the source's package.json that are for people, as they stand there. */
export function keptFields({ pkg }: ExportedPackage): Record<string, unknown> {
  const source = pkg as Record<string, unknown>;
  return Object.fromEntries(KEPT.filter((field) => source[field] !== undefined).map((field) => [field, source[field]]));
}

/** Further package.json files that the layout needs, by bundle path. */
export function nestedPackageJsons(plan: Plan): Map<string, string> {
  const files = new Map<string, string>();
  if (plan.entries.some((entry) => entry.name === 'alpha')) {
    files.set('alpha/package.json', toJson({ main: '../dist/alpha/index.cjs.js' }));
  }
  if (plan.pkg.type === 'module') files.set('dist/package.json', toJson({ type: 'commonjs' }));
  return files;
}

/** The `backstage` field of the bundle: the plugin's, with the release it was made for. */
export function backstageField(plan: ExportedPackage): Record<string, unknown> {
  const release = backstageRelease(plan.dir)?.version;
  return { ...(release && { 'supported-versions': `~${release}` }), ...plan.pkg.backstage };
}

/**
 * What the entry points of the bundle export as default, as Backstage's CLI writes it: what the source declares of them, or that
 * the only one has a feature.
 */
function features({ pkg, entries }: Plan): { features: Record<string, string> } {
  const subpaths = entries.filter((entry) => !isFurther(entry)).map(({ subpath }) => subpath);
  const declared = subpaths.flatMap((subpath) => {
    const feature = declaredFeature(pkg, subpath);
    return feature === undefined ? [] : [[subpath, feature] as const];
  });
  return { features: declared.length > 0 ? Object.fromEntries(declared) : { '.': '@backstage/BackendFeature' } };
}

/** The packages that make up a plugin: what its source declares, or itself and those in the bundle that name the same plugin. */
function pluginPackages({ pkg, role }: Plan, inlined: readonly InstalledPackage[]): { pluginPackages?: unknown } {
  const { pluginId, pluginPackages: declared } = (pkg.backstage ?? {}) as Record<string, unknown>;
  if (declared !== undefined) return { pluginPackages: declared };
  if (role !== 'backend-plugin' || typeof pluginId !== 'string') return {};
  const same = inlined.filter(({ manifest }) => {
    const { backstage } = manifest as { backstage?: { pluginId?: unknown; role?: unknown } };
    return backstage?.pluginId === pluginId && !String(backstage.role).endsWith('-module');
  });
  return { pluginPackages: [...new Set([pkg.name, ...same.map(({ name }) => name)])].sort() };
}

/** JSON as bundles hold it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

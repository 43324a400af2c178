import { backstageRelease } from '@stagedoor/bundle';
import type { ExportedPackage, Plan } from '../plan/plan';

/** What people read about a package, kept as it is. */
const KEPT = ['description', 'keywords', 'license', 'author', 'homepage', 'repository', 'bugs'] as const;

/** What the package.json of a bundle says besides what its source says. */
export interface BundlePackage {
  peerDependencies: Record<string, string>;
  /** Versions of the packages in the bundle's node_modules, by name. */
  hoisted: Record<string, string>;
}

/** The package.json of the bundle as text. */
export function bundlePackageJson(plan: Plan, { peerDependencies, hoisted }: BundlePackage): string {
  const hasHoisted = Object.keys(hoisted).length > 0;
  return toJson({
    name: plan.name,
    version: plan.pkg.version,
    ...keptFields(plan),
    // Other files of the package, e.g. migrations, keep their module kind; dist/ says its own.
    ...(plan.pkg.type === 'module' && { type: 'module' }),
    main: 'dist/index.cjs.js',
    backstage: backstageField(plan),
    ...(hasHoisted && { dependencies: hoisted, bundleDependencies: Object.keys(hoisted) }),
    peerDependencies,
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

/** JSON as bundles hold it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

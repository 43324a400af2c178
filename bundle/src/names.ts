import { createHash } from 'node:crypto';

/** File name of the bundle manifest, at the top of a bundle. */
export const MANIFEST_FILE = 'dynamic-bundle.json';

/** File name of the detached signatures, at the top of a bundle. */
export const SIGNATURE_FILE = 'dynamic-bundle.sig';

/** File name of the software bill of materials, CycloneDX 1.6 in JSON, at the top of a bundle. */
export const SBOM_FILE = 'sbom.cdx.json';

/** Paths of the config schema in a bundle: the name that upstream's loader looks for, then RHDH's. */
export const SCHEMA_FILES = ['dist/.config-schema.json', 'dist/configSchema.json'];

/** Roles that a bundle may have; the first two are loaded by the backend, the others are served to browsers. */
export const BUNDLE_ROLES = [
  'backend-plugin',
  'backend-plugin-module',
  'frontend-plugin',
  'frontend-plugin-module',
] as const;

/** A role from {@link BUNDLE_ROLES}. */
export type BundleRole = (typeof BUNDLE_ROLES)[number];

/** True for the two roles whose bundles run in the backend. */
export function isBackendRole(role: string): role is 'backend-plugin' | 'backend-plugin-module' {
  return role === 'backend-plugin' || role === 'backend-plugin-module';
}

/** True for the two roles whose bundles run in browsers. */
export function isFrontendRole(role: string): role is 'frontend-plugin' | 'frontend-plugin-module' {
  return role === 'frontend-plugin' || role === 'frontend-plugin-module';
}

/** `@a/b` → `a-b`, as `npm pack` names its archive. Not unique, unlike {@link fileName}. */
export function packName(packageName: string): string {
  return packageName.replace(/^@/, '').replace(/\//g, '-');
}

/** Longest {@link fileName}: with prefix and suffix (`.`, `.tgz`) it stays within the 255 bytes of a file name. */
const LONGEST = 200;

/**
 * The file or folder name of a package: `@a/b` → `@a+b`, `Pkg` → `+pkg`. Unique for each package name, even on file systems
 * that ignore case, since `+` and `=` are not allowed in package names.
 */
export function fileName(packageName: string): string {
  const name = packageName.replace(/\//g, '+').replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`);
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(packageName).digest('hex');
  return `${name.slice(0, LONGEST - hash.length - 1)}=${hash}`;
}

/** The name of a bundle: the source name with the suffix that upstream's loader expects. */
export function dynamicName(source: string): string {
  return source.endsWith('-dynamic') ? source : `${source}-dynamic`;
}

/** The source package's name for a bundle's name: the inverse of {@link dynamicName}. */
export function sourceName(bundleName: string): string {
  return bundleName.replace(/-dynamic$/, '');
}

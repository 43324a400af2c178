import { gte } from 'semver';

/**
 * The packages of a host that a bundle must not have a copy of, each with what would differ between two copies. For all others a
 * copy does: service references, extension points and permissions are compared by id, and features are plain objects.
 */
const BY_IDENTITY: ReadonlyMap<string, string> = new Map([
  ['@backstage/backend-plugin-api', 'its release decides which registrations and services the host understands'],
  ['@backstage/backend-app-api', 'it keeps the backends of a process, and its errors are known by class'],
  ['@backstage/errors', 'errors that services of the host throw are known by class'],
]);

/**
 * Why a bundle imports a package that hosts have in this version; undefined where it has a copy of its own. Packages below 1.0 are
 * copied: each minor step of theirs leaves the ranges of bundles, and Backstage makes such steps with every release. From 1.0 on
 * ranges hold for every minor release, so that sharing saves megabytes and costs nothing.
 */
export function whyShared(name: string, version: string): string | undefined {
  return BY_IDENTITY.get(name) ?? (gte(version, '1.0.0') ? 'later releases of its major version fit' : undefined);
}

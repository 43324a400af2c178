/**
 * The packages of a host that a bundle must not have a copy of, each with what would differ between two copies. All else that
 * hosts have may be inlined: service references, extension points and permissions are compared by id, and features are plain
 * objects. So a new release of the host does not concern those packages of a bundle.
 */
const BY_IDENTITY: ReadonlyMap<string, string> = new Map([
  ['@backstage/backend-plugin-api', 'its release decides which registrations and services the host understands'],
  ['@backstage/backend-app-api', 'it keeps the backends of a process, and its errors are known by class'],
  ['@backstage/errors', 'errors that services of the host throw are known by class'],
]);

/** Why a bundle imports a package from its host rather than having a copy; undefined where it has a copy. */
export function identityOf(name: string): string | undefined {
  return BY_IDENTITY.get(name);
}

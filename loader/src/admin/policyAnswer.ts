import type { PermissionsService } from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  createPermission,
  type AuthorizePermissionResponse,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import type { UserCredentials } from './caller';
import { policyUnavailable } from './errors';
import { isWrite, managePermission } from './permissions';

/** No policy names it, so the answer shows what a policy says about unknown permissions. */
const unnamedPermission = createPermission({
  name: 'dynamic-plugins.unnamed',
  attributes: { action: 'update' },
});

/**
 * Asks the installed permission policy whether a user has a permission. A policy that names `dynamic-plugins.manage`, the
 * deprecated permission for every write, is recognised because it answers that name differently from an unknown one; then
 * that name decides. Throws POLICY_UNAVAILABLE.
 */
export async function policyAllows(
  permissions: PermissionsService,
  permission: BasicPermission,
  credentials: UserCredentials,
): Promise<boolean> {
  const asked = isWrite(permission) ? [permission, managePermission, unnamedPermission] : [permission];
  let answers: AuthorizePermissionResponse[];
  try {
    answers = await permissions.authorize(
      asked.map((each) => ({ permission: each })),
      { credentials },
    );
  } catch (cause) {
    throw policyUnavailable(cause);
  }
  const [named, manage, unnamed] = answers.map(({ result }) => result);
  return (manage === unnamed ? named : manage) === AuthorizeResult.ALLOW;
}

import type { PermissionsService } from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  createPermission,
  type AuthorizePermissionResponse,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import { StagedoorError } from '@stagedoor/bundle';
import type { UserCredentials } from './caller';
import { isWrite, managePermission } from './permissions';

/** No policy names it: its answer is what a policy says about permissions that it does not know. */
const unnamedPermission = createPermission({
  name: 'dynamic-plugins.unnamed',
  attributes: { action: 'update' },
});

/**
 * Asks the installed permission policy whether a user has a permission. A policy that names `dynamic-plugins.manage`, the
 * deprecated permission for every write, decides by that name: it answers it otherwise than a name that it cannot know.
 * Throws POLICY_UNAVAILABLE.
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
    throw new StagedoorError('POLICY_UNAVAILABLE', 'The permission policy cannot be asked.', { cause });
  }
  const [named, manage, unnamed] = answers.map(({ result }) => result);
  return (manage === unnamed ? named : manage) === AuthorizeResult.ALLOW;
}

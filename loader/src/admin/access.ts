import type {
  BackstageCredentials,
  BackstageUserPrincipal,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { StagedoorError } from '@stagedoor/bundle';
import type { Request } from 'express';
import { managePermission } from './permissions';

/** A user who is signed in. */
export type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** Decides who may do what in the admin API. */
export class Access {
  readonly #httpAuth: HttpAuthService;
  readonly #permissions: PermissionsService;

  constructor(httpAuth: HttpAuthService, permissions: PermissionsService) {
    this.#httpAuth = httpAuth;
    this.#permissions = permissions;
  }

  /** Who sent a request. Throws NOT_SIGNED_IN, and NOT_PERMITTED for anybody but a user. */
  async user(request: Request): Promise<UserCredentials> {
    try {
      return await this.#httpAuth.credentials(request, { allow: ['user'] });
    } catch (cause) {
      const { name, message } = cause as Error;
      if (name === 'AuthenticationError') throw new StagedoorError('NOT_SIGNED_IN', message, { cause });
      if (name === 'NotAllowedError') throw new StagedoorError('NOT_PERMITTED', message, { cause });
      throw cause;
    }
  }

  /** Lets only those go on who may manage dynamic plugins. Throws NOT_PERMITTED. */
  async checkManage(credentials: UserCredentials): Promise<void> {
    const [decision] = await this.#permissions.authorize([{ permission: managePermission }], { credentials });
    if (decision?.result === AuthorizeResult.ALLOW) return;
    const { userEntityRef } = credentials.principal;
    throw new StagedoorError('NOT_PERMITTED', `${userEntityRef} lacks the permission ${managePermission.name}.`);
  }
}

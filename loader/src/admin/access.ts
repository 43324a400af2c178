import type { HttpAuthService, PermissionsService, UserInfoService } from '@backstage/backend-plugin-api';
import { AuthorizeResult, type BasicPermission } from '@backstage/plugin-permission-common';
import { StagedoorError } from '@stagedoor/bundle';
import type { Request } from 'express';
import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';
import type { AccessRules } from './accessRules';
import { isUser, type CallerCredentials, type ServiceCredentials, type UserCredentials } from './caller';
import { isWrite } from './permissions';
import { policyAllows } from './policyAnswer';

/** What {@link Access} works with. */
export interface AccessOptions {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  userInfo: UserInfoService;
  rules: AccessRules;
}

/** Whether a caller is permitted to do something: by what, or why not. */
export type Decision =
  | { allowed: true; by: 'operators' | 'policy' | 'session' | 'access-restriction' }
  | { allowed: false; error: StagedoorError };

/** Decides who may do what in the admin API. Writes are denied unless something allows them. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Who sent a request. Throws NOT_SIGNED_IN, and NOT_PERMITTED for services without an access restriction. */
  async caller(request: Request): Promise<CallerCredentials> {
    const credentials = await this.#authenticate(request);
    if (isUser(credentials) || credentials.principal.accessRestrictions) return credentials;
    const { subject } = credentials.principal;
    throw new StagedoorError('NOT_PERMITTED', `The service ${subject} has no access restriction for this API.`, {
      hint:
        `Give a token below backend.auth.externalAccess accessRestrictions with plugin: ${ADMIN_PLUGIN_ID}; ` +
        'a plugin calls on behalf of a user.',
    });
  }

  /** Throws NOT_PERMITTED where a caller lacks a permission, and POLICY_UNAVAILABLE. */
  async check(permission: BasicPermission, credentials: CallerCredentials): Promise<void> {
    const decision = await this.decide(permission, credentials);
    if (!decision.allowed) throw decision.error;
  }

  /** Whether a caller has a permission. Throws POLICY_UNAVAILABLE. */
  async decide(permission: BasicPermission, credentials: CallerCredentials): Promise<Decision> {
    return isUser(credentials)
      ? await this.#decideForUser(permission, credentials)
      : await this.#decideForService(permission, credentials);
  }

  async #authenticate(request: Request): Promise<CallerCredentials> {
    try {
      const allow: Array<'user' | 'service'> = ['user', 'service'];
      return (await this.#options.httpAuth.credentials(request, { allow })) as CallerCredentials;
    } catch (cause) {
      const { name, message } = cause as Error;
      if (name === 'AuthenticationError') throw new StagedoorError('NOT_SIGNED_IN', message, { cause });
      if (name === 'NotAllowedError') throw new StagedoorError('NOT_PERMITTED', message, { cause });
      throw cause;
    }
  }

  async #decideForUser(permission: BasicPermission, credentials: UserCredentials): Promise<Decision> {
    const { userInfo, permissions, rules } = this.#options;
    const { operators, policyEnabled } = rules;
    const { userEntityRef } = credentials.principal;
    const ownership = async () => (await userInfo.getUserInfo(credentials)).ownershipEntityRefs;
    if (await operators.include(userEntityRef, ownership)) return { allowed: true, by: 'operators' };
    if (!policyEnabled && !isWrite(permission)) return { allowed: true, by: 'session' };
    if (policyEnabled && (await policyAllows(permissions, permission, credentials))) {
      return { allowed: true, by: 'policy' };
    }
    const listed = isWrite(permission) ? ' and is not listed in dynamicPlugins.operators' : '';
    return denied(`${userEntityRef} lacks the permission ${permission.name}${listed}.`, {
      hint:
        `Add ${userEntityRef} or one of their groups to dynamicPlugins.operators, ` +
        `or install a permission policy that allows ${permission.name} to them.`,
    });
  }

  /** Backstage decides by the access restriction of the token alone, whether or not a policy is asked. */
  async #decideForService(permission: BasicPermission, credentials: ServiceCredentials): Promise<Decision> {
    const [answer] = await this.#options.permissions.authorize([{ permission }], { credentials });
    if (answer?.result === AuthorizeResult.ALLOW) return { allowed: true, by: 'access-restriction' };
    const { subject } = credentials.principal;
    return denied(`The access restriction of the service ${subject} does not hold ${permission.name}.`, {
      hint: `Add ${permission.name} to the accessRestrictions of its token, at plugin: ${ADMIN_PLUGIN_ID}.`,
    });
  }
}

function denied(message: string, { hint }: { hint: string }): Decision {
  return { allowed: false, error: new StagedoorError('NOT_PERMITTED', message, { hint }) };
}

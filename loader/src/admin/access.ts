import type { HttpAuthService, PermissionsService, UserInfoService } from '@backstage/backend-plugin-api';
import { AuthorizeResult, type BasicPermission } from '@backstage/plugin-permission-common';
import type { StagedoorError } from '@stagedoor/bundle';
import type { Request } from 'express';
import type { AccessRules } from './accessRules';
import { isUser, type CallerCredentials, type ServiceCredentials, type UserCredentials } from './caller';
import { notAllowed, notSignedIn, serviceLacksPermission, serviceUnrestricted, userLacksPermission } from './errors';
import { isWrite } from './permissions';
import { policyAllows } from './policyAnswer';

/** Dependencies of {@link Access}. */
export interface AccessOptions {
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  userInfo: UserInfoService;
  rules: AccessRules;
}

/** Whether a caller has a permission, and what grants it or why it is denied. */
export type Decision =
  | { allowed: true; by: 'operators' | 'policy' | 'session' | 'access-restriction' }
  | { allowed: false; error: StagedoorError };

/** Decides who may do what in the admin API. Writes are denied unless something allows them. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** The caller of a request. Throws NOT_SIGNED_IN, and NOT_PERMITTED for services without an access restriction. */
  async caller(request: Request): Promise<CallerCredentials> {
    const credentials = await this.#authenticate(request);
    if (isUser(credentials) || credentials.principal.accessRestrictions) return credentials;
    const { subject } = credentials.principal;
    throw serviceUnrestricted(subject);
  }

  /** Throws NOT_PERMITTED if a caller lacks a permission, and POLICY_UNAVAILABLE. */
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
      const error = cause as Error;
      if (error.name === 'AuthenticationError') throw notSignedIn(error);
      if (error.name === 'NotAllowedError') throw notAllowed(error);
      throw error;
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
    return { allowed: false, error: userLacksPermission(userEntityRef, permission.name, isWrite(permission)) };
  }

  /** For services, Backstage decides by the access restriction of the token only, with or without a policy. */
  async #decideForService(permission: BasicPermission, credentials: ServiceCredentials): Promise<Decision> {
    const [answer] = await this.#options.permissions.authorize([{ permission }], { credentials });
    if (answer?.result === AuthorizeResult.ALLOW) return { allowed: true, by: 'access-restriction' };
    const { subject } = credentials.principal;
    return { allowed: false, error: serviceLacksPermission(subject, permission.name) };
  }
}

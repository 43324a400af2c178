import type {
  BackstageCredentials,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';

/** A user who is signed in. */
export type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** A service with a token of its own. */
export type ServiceCredentials = BackstageCredentials<BackstageServicePrincipal>;

/** Credentials of a caller of the admin API. */
export type CallerCredentials = UserCredentials | ServiceCredentials;

/** The caller of a request: a user, a service, or a service on behalf of a user. */
export interface Caller {
  /** Entity ref. */
  user?: string;
  /** Subject, for example `plugin:catalog`. */
  service?: string;
}

/** True for a user, and for a service that calls on behalf of a user. */
export function isUser(credentials: CallerCredentials): credentials is UserCredentials {
  return credentials.principal.type === 'user';
}

/** Names of everyone behind a request. */
export function callerOf(credentials: CallerCredentials): Caller {
  if (!isUser(credentials)) return { service: credentials.principal.subject };
  const { userEntityRef, actor } = credentials.principal;
  return actor ? { user: userEntityRef, service: actor.subject } : { user: userEntityRef };
}

/** The name shown for an operation: that of the user, or of a service that calls for itself. */
export function nameOfCaller(credentials: CallerCredentials): string {
  return isUser(credentials) ? credentials.principal.userEntityRef : credentials.principal.subject;
}

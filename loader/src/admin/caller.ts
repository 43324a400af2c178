import type {
  BackstageCredentials,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';

/** A user who is signed in. */
export type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** A service with a token of its own. */
export type ServiceCredentials = BackstageCredentials<BackstageServicePrincipal>;

/** Who sends a request to the admin API. */
export type CallerCredentials = UserCredentials | ServiceCredentials;

/** Who is behind a request: a user, a service, or a service on behalf of a user. */
export interface Caller {
  /** Entity ref. */
  user?: string;
  /** Subject, e.g. `plugin:catalog`. */
  service?: string;
}

/** True for a user, also for one on whose behalf a service calls. */
export function isUser(credentials: CallerCredentials): credentials is UserCredentials {
  return credentials.principal.type === 'user';
}

/** The names of everybody behind a request. */
export function callerOf(credentials: CallerCredentials): Caller {
  if (!isUser(credentials)) return { service: credentials.principal.subject };
  const { userEntityRef, actor } = credentials.principal;
  return actor ? { user: userEntityRef, service: actor.subject } : { user: userEntityRef };
}

/** The one name under which an operation is listed: that of the user, or of a service that calls for itself. */
export function nameOfCaller(credentials: CallerCredentials): string {
  return isUser(credentials) ? credentials.principal.userEntityRef : credentials.principal.subject;
}

import { StagedoorError } from '@stagedoor/bundle';
import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';

export function serviceUnrestricted(subject: string): StagedoorError {
  return new StagedoorError('NOT_PERMITTED', `The service ${subject} has no access restriction for this API.`, {
    hint:
      `In backend.auth.externalAccess, give its token accessRestrictions with plugin: ${ADMIN_PLUGIN_ID}. ` +
      'Plugins call this API on behalf of a user.',
  });
}

export function notSignedIn(cause: Error): StagedoorError {
  return new StagedoorError('NOT_SIGNED_IN', cause.message, { cause });
}

export function notAllowed(cause: Error): StagedoorError {
  return new StagedoorError('NOT_PERMITTED', cause.message, { cause });
}

/** `operatorsCount`: whether membership in dynamicPlugins.operators would be enough. */
export function userLacksPermission(user: string, permission: string, operatorsCount: boolean): StagedoorError {
  const listed = operatorsCount ? ' and is not listed in dynamicPlugins.operators' : '';
  return new StagedoorError('NOT_PERMITTED', `${user} lacks the permission ${permission}${listed}.`, {
    hint:
      `Add ${user} or one of their groups to dynamicPlugins.operators, ` +
      `or install a permission policy that grants them ${permission}.`,
  });
}

export function serviceLacksPermission(subject: string, permission: string): StagedoorError {
  return new StagedoorError(
    'NOT_PERMITTED',
    `The access restriction of the service ${subject} does not include ${permission}.`,
    { hint: `Add ${permission} to the accessRestrictions of its token, under plugin: ${ADMIN_PLUGIN_ID}.` },
  );
}

export function uploadDisabled(): StagedoorError {
  return new StagedoorError('UPLOAD_DISABLED', 'dynamicPlugins.upload.enabled is false.');
}

export function routeUnknown(method: string, url: string): StagedoorError {
  return new StagedoorError('ROUTE_UNKNOWN', `There is no ${method} ${url}.`);
}

/** Express throws a URIError for a path with invalid percent-encoding. */
export function nameUndecodable(): StagedoorError {
  return new StagedoorError('PLUGIN_UNKNOWN', 'The name contains invalid percent-encoding.');
}

export function internalError(cause: unknown): StagedoorError {
  return new StagedoorError('INTERNAL_ERROR', 'The request failed because of an internal error.', { cause });
}

export function policyUnavailable(cause: unknown): StagedoorError {
  return new StagedoorError('POLICY_UNAVAILABLE', 'The permission policy could not be queried.', { cause });
}

export function logQueryInvalid(key: string, expected: string): StagedoorError {
  return new StagedoorError('LOG_QUERY_INVALID', `The query parameter ${key} must be ${expected}.`);
}

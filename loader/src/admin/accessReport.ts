import type { BasicPermission } from '@backstage/plugin-permission-common';
import { isStagedoorError, type ErrorCode } from '@stagedoor/bundle';
import type { Access, Decision } from './access';
import { callerOf, type Caller, type CallerCredentials } from './caller';
import { uploadDisabled } from './errors';
import { configurePermission, installPermission, operatePermission, readPermission } from './permissions';

/** Whether the caller may do one thing, and what grants it or why it is denied. */
interface ReportedAccess {
  allowed: boolean;
  by?: (Decision & { allowed: true })['by'];
  code?: ErrorCode;
  message?: string;
  hint?: string;
}

/** What a caller may do, see {@link reportAccess}. */
export interface AccessReport {
  caller: Caller;
  read: ReportedAccess;
  install: ReportedAccess;
  upload: ReportedAccess;
  operate: ReportedAccess;
  configure: ReportedAccess;
}

/** Reports what the caller may do in the admin API, and why not, so that clients know which actions to offer. */
export async function reportAccess(
  access: Access,
  credentials: CallerCredentials,
  uploadEnabled: boolean,
): Promise<AccessReport> {
  const ask = (permission: BasicPermission) => decided(access, permission, credentials);
  const [read, install, operate, configure] = await Promise.all(
    [readPermission, installPermission, operatePermission, configurePermission].map(ask),
  );
  const upload = install!.allowed && !uploadEnabled ? reported({ allowed: false, error: uploadDisabled() }) : install!;
  return {
    caller: callerOf(credentials),
    read: read!,
    install: install!,
    upload,
    operate: operate!,
    configure: configure!,
  };
}

async function decided(
  access: Access,
  permission: BasicPermission,
  credentials: CallerCredentials,
): Promise<ReportedAccess> {
  try {
    return reported(await access.decide(permission, credentials));
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    return reported({ allowed: false, error });
  }
}

function reported(decision: Decision): ReportedAccess {
  if (decision.allowed) return decision;
  const { code, message, hint } = decision.error;
  return { allowed: false, code, message, hint };
}

import type { Config } from '@backstage/config';
import type { Finding } from './finding';

const OPERATORS = 'dynamicPlugins.operators';
const ADMIN_PLUGIN_ID = 'dynamic-plugins';

/** Backstage's allow-all policy as a bundle. */
const ALLOW_ALL = /^@?backstage[/-]plugin-permission-backend-module-allow-all-policy\b/;

/** Users who may change the plugins of a portal: install, upload, enable, disable, reload, roll back and configure them. */
export interface Writers {
  /** Entity refs in `dynamicPlugins.operators`. */
  operators: string[];
  /** `off`: permissions are off. `none`: no permission policy was found. Otherwise the package that brings one. */
  policy: string;
  /** Subjects of `backend.auth.externalAccess` whose access restrictions name the admin API. */
  services: string[];
  /** Whether bundles can be uploaded. */
  upload: boolean;
}

/** Who may change plugins, by app-config and the package that brings a permission policy. */
export function readWriters(config: Config, policyModule: string | undefined): Writers {
  const isEnabled = config.getOptional('permission.enabled') === true;
  return {
    operators: textsOf(config.getOptional(OPERATORS)),
    policy: isEnabled ? (policyModule ?? 'none') : 'off',
    services: restrictedServices(config),
    upload: config.getOptional('dynamicPlugins.upload.enabled') !== false,
  };
}

/** Findings about too many users who may change plugins, and about other permissions. */
export function examineAccess(config: Config, { operators, policy }: Writers): Finding[] {
  const findings: Finding[] = [];
  const permission = { level: 'warning', subject: 'permission.enabled' } as const;
  if (policy === 'off') {
    findings.push({
      ...permission,
      message: 'Every signed-in user may use everything that plugins offer; only operators may change plugins.',
      fix: 'Set it to true, and install a permission policy.',
    });
  }
  if (policy === 'none') {
    findings.push({
      ...permission,
      message:
        'No permission policy was found: unless the code of the portal sets one, every signed-in user may use everything that plugins ' +
        'offer; only operators may change plugins.',
      fix: 'Install a module for the permission plugin that sets a policy, as a bundle or in the code of the portal.',
    });
  }
  if (ALLOW_ALL.test(policy)) {
    findings.push({
      level: 'warning',
      subject: policy,
      message: 'This policy allows every signed-in user to run code in the portal.',
      fix: 'Remove it, or replace it with a policy of your own.',
    });
  }
  const guest = config.getOptional('auth.providers.guest.userEntityRef') ?? 'user:development/guest';
  if (guestsMaySignIn(config) && operators.some((ref) => ref.toLowerCase() === String(guest).toLowerCase())) {
    findings.push({
      level: 'warning',
      subject: OPERATORS,
      message: `It lists ${String(guest)}, and guests may sign in outside development, so everybody may run code in the portal.`,
      fix: 'Remove the guest from it, or set auth.providers.guest to null.',
    });
  }
  return findings;
}

function guestsMaySignIn(config: Config): boolean {
  return config.getOptional('auth.providers.guest.dangerouslyAllowOutsideDevelopment') === true;
}

function restrictedServices(config: Config): string[] {
  const entries = config.getOptional('backend.auth.externalAccess') ?? [];
  return (Array.isArray(entries) ? (entries as ExternalAccess[]) : [])
    .filter(({ accessRestrictions = [] }) => accessRestrictions.some(({ plugin }) => plugin === ADMIN_PLUGIN_ID))
    .map(({ type, options }) => options?.subject ?? type ?? 'unknown');
}

interface ExternalAccess {
  type?: string;
  options?: { subject?: string };
  accessRestrictions?: Array<{ plugin?: string }>;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

import type { Config } from '@backstage/config';
import { readAccessSettings } from '../settings/access';
import { Operators } from './operators';

/** The rules in app-config that say who may change plugins. */
export interface AccessRules {
  operators: Operators;
  /** `permission.enabled`: whether a permission policy is in force. */
  policyEnabled: boolean;
  /** Whether bundles can be uploaded. */
  uploadEnabled: boolean;
}

/** Reads the rules of a config that has passed `readSettings`. */
export function readAccessRules(config: Config): AccessRules {
  const { operators, upload } = readAccessSettings(config);
  return {
    operators: new Operators(operators),
    policyEnabled: config.getOptionalBoolean('permission.enabled') ?? false,
    uploadEnabled: upload,
  };
}

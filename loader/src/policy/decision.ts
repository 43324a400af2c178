import type { ErrorCode } from '@stagedoor/bundle';

/** One decision of the operator's policy about a bundle. */
export interface PolicyDecision {
  /** The setting below `dynamicPlugins` that answered. */
  setting:
    | 'packages'
    | 'signatures'
    | 'downgrades'
    | 'services'
    | 'auth.unauthenticated'
    | 'auth.rootRoutes'
    | `plugins.${string}.connect`;
  /** `warned`: allowed although something is missing. */
  outcome: 'allowed' | 'refused' | 'warned';
  /** Name of the bundle. */
  plugin: string;
  version?: string;
  digest?: string;
  /** Of a refusal and of a warning. */
  code?: ErrorCode;
  /** What was decided, in one sentence. */
  message: string;
  hint?: string;
}

/** Receives every decision, for example for an audit trail; must not throw. */
export type OnDecision = (decision: PolicyDecision) => void;

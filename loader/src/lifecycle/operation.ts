import type { CodedError } from '@stagedoor/bundle';

/** What an operator can ask for. */
export const OPERATION_KINDS = ['reload', 'disable', 'enable', 'rollback', 'upload'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Something that an operator asked for, and what became of it. */
export interface Operation {
  id: string;
  kind: OperationKind;
  /** Name of the bundle. */
  plugin: string;
  /** Entity ref of who asked. */
  by: string;
  status: 'running' | 'succeeded' | 'failed';
  /** ISO 8601. */
  startedAt: string;
  finishedAt?: string;
  /** Why it failed. */
  error?: CodedError;
}

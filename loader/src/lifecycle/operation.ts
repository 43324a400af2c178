import type { CodedError } from '@stagedoor/bundle';
import type * as api from '../adminApi';

export type OperationKind = api.OperationKind;

/** Something that an operator asked for, and what became of it. */
export interface Operation extends api.Operation {
  error?: CodedError;
}

/** What an operator can ask for. */
export const OPERATION_KINDS = [
  'reload',
  'disable',
  'enable',
  'rollback',
  'upload',
  'remove',
] as const satisfies readonly OperationKind[];

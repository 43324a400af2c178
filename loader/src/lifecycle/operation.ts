import type { CodedError } from '@stagedoor/bundle';
import type * as api from '../adminApi';

export type OperationKind = api.OperationKind;

/** A request of an operator, and its outcome. */
export interface Operation extends api.Operation {
  error?: CodedError;
}

/** The kinds of operations. */
export const OPERATION_KINDS = [
  'reload',
  'disable',
  'enable',
  'rollback',
  'upload',
  'remove',
] as const satisfies readonly OperationKind[];

import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { type ErrorCode } from '@stagedoor/bundle';
import type { ErrorRequestHandler } from 'express';
import { ownFault } from '../errors/thrown';
import { internalError, nameUndecodable } from './errors';

/** HTTP status by code; every other code is a fault of the bundle, 422. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  NOT_SIGNED_IN: 401,
  NOT_PERMITTED: 403,
  UPLOAD_DISABLED: 403,
  PLUGIN_UNKNOWN: 404,
  OPERATION_UNKNOWN: 404,
  ROUTE_UNKNOWN: 404,
  LOG_QUERY_INVALID: 422,
  OPERATION_IN_PROGRESS: 409,
  PLUGIN_DISABLED: 409,
  ROLLBACK_IMPOSSIBLE: 409,
  SBOM_MISSING: 404,
  UPLOAD_ENTRY_TAKEN: 409,
  UPLOAD_OUTRANKED: 409,
  PLUGIN_NOT_UPLOADED: 409,
  UPLOAD_TOO_LARGE: 413,
  ROOT_UNWRITABLE: 500,
  STATE_UNWRITABLE: 500,
  INTERNAL_ERROR: 500,
  PORTAL_STOPPING: 503,
  POLICY_UNAVAILABLE: 503,
};

/** Names by which Backstage's clients tell errors apart (@backstage/errors). */
const NAMES: Record<number, string> = {
  401: 'AuthenticationError',
  403: 'NotAllowedError',
  404: 'NotFoundError',
  409: 'ConflictError',
  503: 'ServiceUnavailableError',
};

/** The HTTP status that goes with a code. */
function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 422;
}

/**
 * Answers every error of the admin API with one body: `error.code`, `error.message` and `error.hint` beside the fields of
 * Backstage's own error body (@backstage/errors, `ErrorResponseBody`). Errors without a code are logged, and their text is
 * not sent.
 */
export function codedErrors(logger: LoggerService): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const coded = toCoded(error, logger);
    const statusCode = statusOf(coded.code);
    response.status(statusCode).json({
      error: { name: NAMES[statusCode] ?? coded.name, ...coded.toJSON() },
      request: { method: request.method, url: request.originalUrl },
      response: { statusCode },
    });
  };
}

function toCoded(error: unknown, logger: LoggerService): StagedoorError {
  const own = ownFault(error);
  if (own) {
    // The cause contains addresses and errors of the backend, which callers must not see.
    if (own.code === 'POLICY_UNAVAILABLE') logger.error(own.message, own.cause as Error);
    return own;
  }
  // Thrown by Express for a path with invalid percent-encoding.
  if (error instanceof URIError) return nameUndecodable();
  logger.error('A request to the admin API failed', error as Error);
  return internalError(error);
}

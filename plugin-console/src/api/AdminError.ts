import type { Fault } from './types';

/** An error response of the admin API. */
export class AdminError extends Error implements Fault {
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code = 'UNKNOWN', message = 'The portal gave no reason.', hint }: Fault) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  /** The error in the body of a response; its status if it has none, for example because a proxy wrote it. */
  static async of(response: Response): Promise<AdminError> {
    const body = (await response.json().catch(() => undefined)) as { error?: Fault } | undefined;
    if (body?.error?.message) return new AdminError(body.error);
    return new AdminError({
      code: String(response.status),
      message: `The portal answered ${response.status} ${response.statusText}.`,
    });
  }
}

/** True if the portal denies access: a retry helps only after a change of permissions. */
export function isRefusal({ code }: Fault): boolean {
  return ['NOT_PERMITTED', 'NOT_SIGNED_IN', '401', '403'].includes(code ?? '');
}

/** Anything thrown, in the form that the console shows. */
export function faultOf(error: unknown): Fault {
  if (error instanceof AdminError) return error;
  return {
    code: 'UNREACHABLE',
    message: `The portal does not answer: ${(error as Error).message}`,
    hint: 'Check that it is running, and that you are online.',
  };
}

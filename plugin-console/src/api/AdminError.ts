import type { Fault } from './types';

/** What the admin API answered in place of what was asked for. */
export class AdminError extends Error implements Fault {
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code = 'UNKNOWN', message = 'No reason was given.', hint }: Fault) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  /** The coded body of an answer; its status where it has none, e.g. because a proxy in between wrote it. */
  static async of(response: Response): Promise<AdminError> {
    const body = (await response.json().catch(() => undefined)) as { error?: Fault } | undefined;
    if (body?.error?.message) return new AdminError(body.error);
    return new AdminError({
      code: String(response.status),
      message: `The portal answered ${response.status} ${response.statusText}.`,
    });
  }
}

/** True for what the portal refuses this user: asking again helps only when somebody has changed that. */
export function isRefusal({ code }: Fault): boolean {
  return ['NOT_PERMITTED', 'NOT_SIGNED_IN', '401', '403'].includes(code ?? '');
}

/** Anything that was thrown as what the console shows. */
export function faultOf(error: unknown): Fault {
  if (error instanceof AdminError) return error;
  return {
    code: 'UNREACHABLE',
    message: `The portal does not answer: ${(error as Error).message}`,
    hint: 'Look whether it still runs, and whether you are online.',
  };
}

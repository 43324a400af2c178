import { StagedoorError, codes, type ErrorCode } from '@stagedoor/bundle';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { readBody } from '../http/readBody';
import { send, type HttpRequest, type TransferContext } from '../http/send';
import { errorText } from '../text/errorText';
import {
  changeSchema,
  errorSchema,
  historySchema,
  logsSchema,
  operationSchema,
  pluginListSchema,
  pluginSchema,
} from './answers';
import type { PortalHistory, PortalLogs, PortalPlugin, PortalPluginList } from './answers';
import type { PortalAddress } from './portalAddress';

/** What can be done with a plugin that is there. */
export type Action = 'enable' | 'disable' | 'reload' | 'rollback';

/** Which lines of a log are wanted. */
export interface LogQuery {
  /** How many of the latest ones, at most 2000. */
  tail?: number;
  level?: string;
  search?: string;
  version?: string;
  /** Only lines after the one with this id. */
  after?: number;
}

/** Lists of some hundred plugins have a megabyte or two. */
const LIMITS = { bytes: 32 * 1024 * 1024, timeoutMs: 60_000 };
/** Shorter than the silence after which a connection counts as broken. */
const WAIT = 'wait=20';
const POLL_MS = 500;

/** Talks to the admin API of a running portal. Every method throws PORTAL_UNREACHABLE, or the code that the portal answers. */
export class PortalClient {
  readonly #address: PortalAddress;
  readonly #context: TransferContext;

  constructor(address: PortalAddress, context: TransferContext) {
    this.#address = address;
    this.#context = context;
  }

  /** All dynamic plugins, sorted by name. */
  async plugins(): Promise<PortalPluginList> {
    return await this.#ask('/plugins', {}, pluginListSchema);
  }

  /** One plugin by the name of its package. */
  async plugin(name: string): Promise<PortalPlugin> {
    return await this.#ask(pathOf(name), {}, pluginSchema);
  }

  /** The latest lines of a plugin's log. Also throws LOG_QUERY_INVALID. */
  async logs(name: string, wanted: LogQuery): Promise<PortalLogs> {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(wanted)) if (value !== undefined) query.set(key, String(value));
    return await this.#ask(`${pathOf(name)}/logs?${query}`, {}, logsSchema);
  }

  /** What happened to a plugin, also before restarts of the portal. */
  async history(name: string): Promise<PortalHistory> {
    return await this.#ask(`${pathOf(name)}/history`, {}, historySchema);
  }

  /** Changes a plugin; resolves when the change is complete. */
  async change(action: Action, name: string): Promise<PortalPlugin> {
    return await this.#plugin(`${pathOf(name)}/${action}`, { method: 'POST' });
  }

  /** Uploads the archive of a bundle of `size` bytes; resolves when the plugin runs. */
  async upload(file: string, size: number): Promise<PortalPlugin> {
    const { onBytes } = this.#context;
    const open = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      let done = 0;
      for await (const chunk of createReadStream(file)) {
        yield chunk as Uint8Array;
        onBytes?.((done += (chunk as Uint8Array).length), size);
      }
    };
    // A second upload beside the first would be refused.
    const request = { method: 'POST', body: { size, open }, retry: false };
    return await this.#plugin('/plugins', { ...request, headers: { 'content-type': 'application/gzip' } });
  }

  /** Deletes the upload of a package; resolves when it is out of service. */
  async remove(name: string): Promise<void> {
    await this.#ended(pathOf(name), { method: 'DELETE' });
  }

  async #plugin(path: string, request: HttpRequest): Promise<PortalPlugin> {
    const { plugin, name } = await this.#ended(path, request);
    return plugin ?? (await this.plugin(name));
  }

  /** Makes a change and follows its operation to the end. */
  async #ended(path: string, request: HttpRequest): Promise<{ name: string; plugin?: PortalPlugin }> {
    const headers = { ...request.headers, prefer: WAIT };
    const { operation: started, plugin } = await this.#ask(path, { retry: false, ...request, headers }, changeSchema);
    let operation = started;
    while (operation.status === 'running') {
      await sleep(POLL_MS, undefined, { signal: this.#context.signal });
      operation = await this.#ask(`/operations/${encodeURIComponent(operation.id)}`, {}, operationSchema);
    }
    if (operation.status === 'failed') throw foreignFault(operation.error ?? {});
    return { name: operation.plugin, plugin };
  }

  async #ask<Body>(path: string, request: HttpRequest, schema: z.ZodType<Body>): Promise<Body> {
    const { api, token } = this.#address;
    const shown = api + path;
    const headers = {
      accept: 'application/json',
      ...request.headers,
      ...(token && { authorization: `Bearer ${token}` }),
    };
    try {
      const response = await send(shown, { ...request, headers, redirect: 'manual' }, this.#context);
      const answer = await readBody(response, { shown, limits: LIMITS, tooLarge: 'PORTAL_UNREACHABLE' });
      if (!response.ok) throw refused(shown, response.status, answer, token);
      return schema.parse(JSON.parse(answer.toString('utf8')));
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      if (error instanceof StagedoorError) throw error;
      const why =
        error instanceof z.ZodError || error instanceof SyntaxError
          ? 'this is not an answer of a portal'
          : errorText(error);
      throw unreachable(shown, `${why}.`, error);
    }
  }
}

/** Names contain `@` and `/`. */
function pathOf(name: string): string {
  return `/plugins/${encodeURIComponent(name)}`;
}

/** What a portal, or something before it, answered instead of what was asked for. */
function refused(shown: string, status: number, answer: Buffer, token: string | undefined): StagedoorError {
  const parsed = errorSchema.safeParse(parsedJson(answer));
  if (!parsed.success) return unreachable(shown, `the answer is ${status}, without a reason.`);
  const { error } = parsed.data;
  if (error.code !== 'NOT_SIGNED_IN') return foreignFault(error);
  return new StagedoorError(
    'NOT_SIGNED_IN',
    token ? `The portal does not accept the token: ${error.message}.` : 'The portal requires a token.',
    {
      hint: 'Set STAGEDOOR_TOKEN to the Backstage token of a user or service, or use --token-file or --token-stdin.',
    },
  );
}

function parsedJson(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The fault of a portal that may be newer than this command, and have other codes. */
function foreignFault({
  code = '',
  message,
  hint,
}: {
  code?: string;
  message?: string;
  hint?: string;
}): StagedoorError {
  const known = Object.hasOwn(codes, code) ? (code as ErrorCode) : undefined;
  if (known) return new StagedoorError(known, message ?? codes[known].meaning, { hint });
  return new StagedoorError('PORTAL_FAILED', `${code && `${code}: `}${message ?? 'no reason is given'}`, { hint });
}

function unreachable(shown: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('PORTAL_UNREACHABLE', `${shown}: ${why}`, { cause });
}

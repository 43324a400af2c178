import type { Request, Response } from 'express';
import {
  OutgoingMessage,
  request as sendRequest,
  validateHeaderName,
  validateHeaderValue,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import type { ChildAgent } from './agent';
import { framingOf, hasBody, requestHeaders, responseHeaders, trailersOf, type Framing } from './headers';
import { refuseRequest } from './refuse';

/** Where requests go. */
export interface Upstream {
  socketPath: string;
  agent: ChildAgent;
}

/** An answer of the child that is none: the portal cannot give it to a client. */
export class InvalidAnswer extends Error {}

/** Answers that cannot be given because the child is gone, or gave an {@link InvalidAnswer}. */
export type OnBroken = (error: Error) => void;

/**
 * Forwards a request to the child and its answer back, as streams with backpressure both ways, trailers included. A client
 * that goes away ends the request in the child. When the child breaks off, an answer that has begun is broken off as well;
 * otherwise `onBroken` answers. Nothing that a client or a child sends throws here.
 */
export function forward(request: Request, response: Response, upstream: Upstream, onBroken: OnBroken): void {
  const framing = framingOf(request);
  if (!framing) return refuseRequest(response, 501, 'The body has a transfer encoding other than chunked');
  const onward = startRequest(request, framing, upstream);
  if (!onward) return refuseRequest(response, 400, 'The request cannot be forwarded as it is');
  const breakOff = passAnswerOn(onward, response, onBroken);
  onward.on('upgrade', (_answer, child) => {
    child.destroy();
    breakOff(new InvalidAnswer('The child agreed to an upgrade that was not requested'));
  });
  response.on('close', () => {
    if (!response.writableFinished || !request.readableEnded) onward.destroy();
    // A body that the plugin did not want would otherwise keep the client's connection busy.
    request.unpipe(onward);
    request.resume();
  });
  sendBody(request, onward, framing);
}

/**
 * Gives the child's answer to the client; where there is none, or no whole one, it is broken off, or `onBroken` answers. Returns
 * what breaks it off for another reason.
 */
export function passAnswerOn(onward: ClientRequest, response: Response, onBroken: OnBroken): OnBroken {
  let broken = false;
  const breakOff = (error: Error): void => {
    // Once all of the answer is on its way, the connection it came over does not matter any more.
    if (broken || response.writableEnded) return;
    broken = true;
    onward.destroy();
    if (response.headersSent) response.destroy();
    else onBroken(isUnparsed(error) ? new InvalidAnswer(error.message) : error);
  };
  onward.on('error', breakOff);
  onward.on('response', (answer) => {
    answer.on('error', breakOff);
    answer.on('aborted', () => breakOff(new Error('The child broke off its answer')));
    sendAnswer(answer, response, breakOff);
  });
  return breakOff;
}

/** True for what Node's parser says of an answer. */
function isUnparsed({ code }: NodeJS.ErrnoException): boolean {
  return code?.startsWith('HPE_') === true;
}

/** The head of a request to the child; undefined if Node's client does not take what its parser took. */
export function startRequest(
  request: IncomingMessage & { originalUrl?: string },
  framing: Framing,
  { socketPath, agent }: { socketPath: string; agent: ChildAgent | false },
  upgrade?: string,
): ClientRequest | undefined {
  try {
    return sendRequest({
      socketPath,
      agent,
      method: request.method,
      path: request.originalUrl ?? request.url,
      headers: requestHeaders(request, framing, upgrade),
      setHost: false,
    });
  } catch {
    return undefined;
  }
}

function sendBody(request: IncomingMessage, onward: ClientRequest, framing: Framing): void {
  if (!hasBody(framing)) {
    request.resume();
    onward.end();
    return;
  }
  // A byte more or less than is announced would be read as part of another request.
  let left = typeof framing === 'string' ? undefined : framing.bytes;
  const mismatch = (): void => void onward.destroy(new Error('The body is not as long as announced'));
  request.on('error', () => onward.destroy());
  request.on('data', (chunk: Buffer) => {
    if (left !== undefined && (left -= chunk.length) < 0) mismatch();
  });
  // A plugin may answer before the first byte of the body is here.
  flushHead(onward);
  request.pipe(onward, { end: false });
  request.on('end', () => {
    if (left !== undefined && left !== 0) return mismatch();
    if (framing === 'chunked') addTrailers(onward, request);
    onward.end();
  });
}

/** The status, headers, body and trailers of the child's answer; what the portal set before stays unless the child sets it. */
function sendAnswer(answer: IncomingMessage, response: Response, breakOff: OnBroken): void {
  try {
    sendHead(answer, response);
  } catch (error) {
    breakOff(new InvalidAnswer((error as Error).message));
    return;
  }
  // The portal may compress: without this a stream of events would wait for a full block.
  const flush = (response as Response & { flush?: () => void }).flush?.bind(response);
  answer.on('data', (chunk) => {
    if (!response.write(chunk)) answer.pause();
    else if (answer.readableLength === 0) flush?.();
  });
  response.on('drain', () => answer.resume());
  answer.on('end', () => {
    addTrailers(response, answer);
    response.end();
  });
}

/** Throws if the child's answer has no status or headers that a client could be given. */
function sendHead(answer: IncomingMessage, response: Response): void {
  const { statusCode = 0, statusMessage = '' } = answer;
  if (statusCode < 200) throw new Error(`The child answered with status ${statusCode}`);
  const headers = responseHeaders(answer);
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'vary') response.vary(String(value));
    else if (lower === 'set-cookie') response.append(name, value);
    else response.setHeader(name, value);
  }
  // Whatever is wrong with it shows here, not when the first piece of the body is written.
  if (UNPRINTABLE.test(statusMessage)) response.writeHead(statusCode);
  else response.writeHead(statusCode, statusMessage);
  if (!headers.has('Content-Length')) flushHead(response);
}

/** What Node writes into no status line. */

const UNPRINTABLE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Sends the head of a message before there is any of its body. Node's own `flushHeaders` writes it as UTF-8, what stands in
 * headers being Latin-1; and what Backstage lays over the `write` of a response must see no empty piece.
 */
function flushHead(message: OutgoingMessage): void {
  Reflect.apply(OutgoingMessage.prototype.write, message, [EMPTY]);
}

const EMPTY = Buffer.alloc(0);

/** Passes trailers on, apart from those that Node does not write. */
function addTrailers(to: OutgoingMessage, from: IncomingMessage): void {
  const trailers = trailersOf(from).filter(isWritable);
  if (trailers.length > 0) to.addTrailers(trailers);
}

function isWritable([name, value]: [name: string, value: string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

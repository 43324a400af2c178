import type { Request, Response } from 'express';
import { request as sendRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { requestHeaders, responseHeaders, trailersOf } from './headers';

/** Where requests go. */
export interface Upstream {
  socketPath: string;
  agent: Agent;
}

/** Answers that cannot be given because the child is gone. */
export type OnBroken = (error: Error) => void;

/**
 * Forwards a request to the child and its answer back, as streams with backpressure both ways, trailers included. A client
 * that goes away ends the request in the child. When the child breaks off, an answer that has begun is broken off as well;
 * otherwise `onBroken` answers.
 */
export function forward(request: Request, response: Response, upstream: Upstream, onBroken: OnBroken): void {
  const { socketPath, agent } = upstream;
  const onward = sendRequest({
    socketPath,
    agent,
    method: request.method,
    path: request.originalUrl,
    headers: requestHeaders(request),
    setHost: false,
  });
  let broken = false;
  const breakOff = (error: Error): void => {
    // Once all of the answer is on its way, the connection it came over does not matter any more.
    if (broken || response.writableEnded) return;
    broken = true;
    onward.destroy();
    if (response.headersSent) response.destroy();
    else onBroken(error);
  };
  onward.on('error', breakOff);
  onward.on('response', (answer) => {
    answer.on('error', breakOff);
    answer.on('aborted', () => breakOff(new Error('The child broke off its answer')));
    sendAnswer(answer, response);
  });
  response.on('close', () => {
    if (!response.writableFinished || !request.readableEnded) onward.destroy();
    // A body that the plugin did not want would otherwise keep the client's connection busy.
    request.unpipe(onward);
    request.resume();
  });
  sendBody(request, onward);
}

function sendBody(request: IncomingMessage, onward: ClientRequest): void {
  const { 'transfer-encoding': encoded, 'content-length': length } = request.headers;
  if (encoded === undefined && (length === undefined || length === '0')) {
    request.resume();
    onward.end();
    return;
  }
  request.on('error', () => onward.destroy());
  request.pipe(onward, { end: false });
  request.on('end', () => {
    const trailers = trailersOf(request);
    if (trailers.length > 0) onward.addTrailers(trailers);
    onward.end();
  });
}

/** The status, headers, body and trailers of the child's answer; what the portal set before stays unless the child sets it. */
export function sendAnswer(answer: IncomingMessage, response: Response): void {
  response.statusCode = answer.statusCode!;
  response.statusMessage = answer.statusMessage ?? '';
  for (const [name, value] of responseHeaders(answer)) {
    const lower = name.toLowerCase();
    if (lower === 'vary') response.vary(String(value));
    else if (lower === 'set-cookie') response.append(name, value);
    else response.setHeader(name, value);
  }
  if (answer.headers['content-length'] === undefined) response.flushHeaders();
  // The portal may compress: without this a stream of events would wait for a full block.
  const flush = (response as Response & { flush?: () => void }).flush?.bind(response);
  answer.on('data', (chunk) => {
    if (!response.write(chunk)) answer.pause();
    else if (answer.readableLength === 0) flush?.();
  });
  response.on('drain', () => answer.resume());
  answer.on('end', () => {
    const trailers = trailersOf(answer);
    if (trailers.length > 0) response.addTrailers(trailers);
    response.end();
  });
}

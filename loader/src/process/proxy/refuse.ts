import type { Response } from 'express';

const NAMES = { 400: 'InputError', 501: 'NotImplementedError' } as const;

/** Answers a request that is not forwarded, as Backstage words errors, and ends its connection: how it goes on is uncertain. */
export function refuseRequest(response: Response, status: keyof typeof NAMES, message: string): void {
  response.status(status).set('Connection', 'close');
  response.json({ error: { name: NAMES[status], message } });
}

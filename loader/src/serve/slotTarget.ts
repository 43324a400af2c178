import type { NextFunction, Request, Response } from 'express';

/** The target of a slot: it handles the requests below one mount path. */
export interface SlotTarget {
  handle(path: string, request: Request, response: Response, next: NextFunction): void;
}

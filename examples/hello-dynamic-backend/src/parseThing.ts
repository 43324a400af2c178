import { InputError } from '@backstage/errors';

const MAX_LENGTH = 200;

/** The body of `POST /things`. Throws an InputError (HTTP 400) with the reason. */
export function parseThing(body: unknown): { name: string } {
  const name = body && typeof body === 'object' && 'name' in body ? body.name : undefined;
  if (typeof name !== 'string' || name.trim() === '') {
    throw new InputError('The body must be JSON such as {"name": "lamp"}, sent with content-type application/json');
  }
  if (name.length > MAX_LENGTH) throw new InputError(`The name must have at most ${MAX_LENGTH} characters`);
  return { name: name.trim() };
}

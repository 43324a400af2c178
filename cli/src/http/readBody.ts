import type { Response } from 'undici';
import { Pace, tooManyBytes, type Download } from './limits';

/**
 * The bytes of a response as they arrive. Throws the code for too many of them, announced or sent, DOWNLOAD_TOO_SLOW, and
 * network errors unchanged; the connection is then closed.
 */
export async function* boundedBody(
  response: Response,
  download: Download,
  { pace = new Pace(download), before = 0 }: { pace?: Pace; before?: number } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { headers, body } = response;
  let length = before;
  if (before + Number(headers.get('content-length') ?? 0) > download.limits.bytes) {
    await body?.cancel();
    throw tooManyBytes(download);
  }
  // Leaving the loop closes the connection.
  for await (const chunk of body ?? []) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > download.limits.bytes) throw tooManyBytes(download);
    pace.add(bytes.length);
    yield bytes;
  }
}

/** The body of an answer, in memory. Throws as {@link boundedBody} does. */
export async function readBody(response: Response, download: Download): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of boundedBody(response, download)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

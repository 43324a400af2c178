import * as z from 'zod';
import { ANSWER_LIMITS } from '../../../http/limits';
import { readBody } from '../../../http/readBody';
import { send } from '../../../http/send';

/** Where Backstage publishes what each release consists of; the format is that of `@backstage/release-manifests`. */
const ADDRESS = 'https://versions.backstage.io/v1/releases';
const TIMEOUT_MS = 5000;

const schema = z.looseObject({ packages: z.array(z.looseObject({ name: z.string(), version: z.string() })) });

/** The versions of the packages of a release; undefined where its manifest is not to be had. */
export async function releaseManifest(release: string, signal?: AbortSignal): Promise<Map<string, string> | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const url = new URL(`${ADDRESS}/${encodeURIComponent(release)}/manifest.json`);
  try {
    const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const response = await send(url, { headers: { accept: 'application/json' }, retry: false }, { signal: both });
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    const answer = await readBody(response, { shown: url.href, limits: ANSWER_LIMITS, tooLarge: 'HOST_UNREADABLE' });
    const { packages } = schema.parse(JSON.parse(answer.toString('utf8')));
    return new Map(packages.map(({ name, version }) => [name, version]));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

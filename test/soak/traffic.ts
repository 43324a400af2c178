import { setTimeout as sleep } from 'node:timers/promises';
import { keepAliveClient, type Answer, type KeepAliveClient } from '../support/keepAlive';
import { underLoad } from '../support/load';

/** What traffic across swaps came to. */
export interface Traffic {
  /** How many answers of each kind there were. */
  answers: Record<'requests' | 'uploads' | 'downloads' | 'streams', number>;
  /** Streams that a swap ended, as their protocol ends one. */
  endedStreams: number;
  /** What was wrong, one line each; at most 20 are kept. */
  faults: string[];
  perSecond: number;
  connections: number;
}

/** Which version a unit must at least answer with, by plugin id. */
export type Committed = Map<string, number>;

const UPLOAD = { chunks: 12, size: 16 * 1024, ms: 100 };
const DOWNLOAD = { pieces: 40, ms: 30 };

/**
 * Sends `perSecond` short requests a second to every unit of test/fixtures/bundles/blue-green in `committed`, over kept
 * connections, and beside them slow uploads, downloads and endless streams, until `work` is done. An answer is at fault when it
 * is no success, breaks off, is not whole although it took less than `drainMs`, is given by another plugin, by a version older than
 * was committed when it was asked for, or by more than one version.
 */
export async function traffic(
  port: number,
  perSecond: number,
  committed: Committed,
  drainMs: number,
  work: () => Promise<void>,
): Promise<Traffic> {
  const client = keepAliveClient(port);
  const ids = [...committed.keys()];
  const faults: string[] = [];
  const answers = { requests: 0, uploads: 0, downloads: 0, streams: 0 };
  let going = true;
  let turn = 0;
  let endedStreams = 0;

  const check = async (kind: keyof typeof answers, id: string, ask: () => Promise<Answer>): Promise<void> => {
    const least = committed.get(id)!;
    const begin = performance.now();
    const fault = await ask().then(
      (answer) => faultOf(kind, id, least, answer, performance.now() - begin >= drainMs),
      (error: Error) => error.message,
    );
    answers[kind]++;
    if (fault && faults.length < 20) faults.push(`${kind} of ${id}: ${fault}`);
  };
  const repeatedly = async (act: () => Promise<void>): Promise<void> => {
    while (going) await act();
  };
  const longOnes = ids.flatMap((id) => [
    repeatedly(() => check('uploads', id, () => client.upload(`/api/${id}/upload`, UPLOAD))),
    repeatedly(() => check('uploads', id, () => client.upload(`/api/${id}/upload`, UPLOAD))),
    repeatedly(() =>
      check('downloads', id, () => client.get(`/api/${id}/stream?pieces=${DOWNLOAD.pieces}&ms=${DOWNLOAD.ms}`)),
    ),
    repeatedly(() =>
      check('streams', id, () =>
        endless(
          client,
          id,
          () => going,
          () => endedStreams++,
        ),
      ),
    ),
  ]);
  const short = (): Promise<void> => {
    const id = ids[turn++ % ids.length]!;
    return check('requests', id, () => client.get(`/api/${id}/who`));
  };
  try {
    const { sent, elapsedMs } = await underLoad(perSecond, short, async () => {
      await work();
      going = false;
    });
    await Promise.all(longOnes);
    return {
      answers,
      endedStreams,
      faults,
      perSecond: Math.round((sent * 1000) / elapsedMs),
      connections: client.connections(),
    };
  } finally {
    going = false;
    client.close();
  }
}

/** A stream that only a swap ends; at the end of all traffic a last one may still be running, and is not waited for. */
async function endless(client: KeepAliveClient, id: string, going: () => boolean, onEnd: () => void): Promise<Answer> {
  const ended = client.get(`/api/${id}/stream?ms=50`).then((answer) => {
    if (going()) onEnd();
    return answer;
  });
  const stopped = (async (): Promise<Answer> => {
    while (going()) await sleep(50);
    return { status: 200, body: '', complete: true };
  })();
  return await Promise.race([ended, stopped]);
}

/** `overdue`: it took longer than a generation has for what is under way, so a swap may have ended it in good order. */
function faultOf(
  kind: string,
  id: string,
  least: number,
  { status, body, complete }: Answer,
  overdue: boolean,
): string | undefined {
  if (kind !== 'requests' && overdue && status === 503) return undefined;
  if (status !== 200) return `answered ${status} ${body.slice(0, 100)}`;
  if (!complete) return `broke off after ${body.length} characters`;
  const speakers = [...new Set(body.match(/[a-z-]+@\d+\.\d+\.\d+/g))];
  if (speakers.length > 1) return `several gave it: ${speakers.join(', ')}`;
  if (kind === 'downloads' && !overdue && !body.endsWith('data: done\n\n')) return 'was cut short';
  if (kind === 'uploads' && (JSON.parse(body) as { bytes: number }).bytes !== UPLOAD.chunks * UPLOAD.size) {
    return `arrived as ${body}`;
  }
  const [speaker, version] = speakers[0]?.split('@') ?? [];
  if (kind === 'streams' && speaker === undefined) return undefined;
  if (speaker !== id) return `was given by ${speaker}`;
  if (minorOf(version!) < least) return `was given by ${version}, after 1.${least}.0 had taken over`;
  return undefined;
}

/** `1.7.0` → 7. */
function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

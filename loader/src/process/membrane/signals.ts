import os from 'node:os';
import { deniedError } from './denied';
import { lock } from './lock';
import { apply, toNumber } from './primordials';

/** `process` as Node's own code uses it. */
interface RawProcess {
  _kill(pid: number, signal: number): number;
}

/**
 * Restricts signals to the process itself and its own group, which the portal made it the leader of. SIGUSR1, which opens an
 * inspector, is not allowed at all.
 */
export function guardSignals(): void {
  const raw = process as unknown as RawProcess;
  const own = process.pid;
  const send = raw._kill;
  const { EPERM } = os.constants.errno;
  const { SIGUSR1 } = os.constants.signals;
  // `process.kill` ends here, too.
  lock(process, '_kill', function kill(this: unknown, pid: unknown, signal: unknown) {
    const target = toNumber(pid) | 0;
    const number = toNumber(signal) | 0;
    const isOwn = target === own || target === -own;
    return isOwn && number !== SIGUSR1 ? apply(send, process, [target, number]) : -EPERM;
  });
  lock(process, '_debugProcess', function debugProcess() {
    throw deniedError('A confined process opens no inspector.');
  });
  const { setPriority } = os;
  lock(os, 'setPriority', function setOwnPriority(...args: unknown[]) {
    const target = args.length > 1 ? toNumber(args[0]) | 0 : 0;
    const priority = toNumber(args[args.length > 1 ? 1 : 0]);
    if (target !== 0 && target !== own) throw deniedError('A confined process sets its own priority only.');
    return apply(setPriority, os, [0, priority]);
  });
}

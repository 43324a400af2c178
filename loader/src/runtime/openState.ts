import type { LoggerService } from '@backstage/backend-plugin-api';
import { mkdir } from 'node:fs/promises';
import { faultText } from '../errors/faultText';
import { History } from '../history/history';
import { StateFile } from '../lifecycle/stateFile';
import { OpenExceptions } from '../resolve/openExceptions';
import { openExceptions } from '../settings/plugins';
import type { Settings } from '../settings/settings';
import type { Shelves } from '../stage/shelf';
import type { StateOpening } from '../stage/stateOpening';

/** The state directory of a portal, and the records in it. */
export interface RuntimeState {
  /** Real path. */
  directory: string;
  shelves: Shelves;
  state: StateFile;
  history: History;
  /** Exceptions of isolation whose settings do not name the bundles. */
  exceptions: OpenExceptions;
  /** Aborted when another process has taken the directory while this one was suspended: nothing is removed from it afterwards. */
  lost: AbortSignal;
}

/** Creates the root directory, and locks the state directory. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE. */
export async function openState(
  settings: Settings,
  { opening, logger }: { opening: StateOpening; logger: LoggerService },
): Promise<RuntimeState> {
  // The error is reported when it is read.
  await mkdir(settings.rootDirectory, { recursive: true }).catch(() => {});
  const lost = new AbortController();
  const { directory, lock, shelves } = await opening.open((fault) => {
    lost.abort();
    logger.error(faultText(fault));
  });
  const state = await StateFile.open(directory, {
    lock,
    onDamage: (fault) => logger.error(faultText(fault)),
  });
  const exceptions = new OpenExceptions(openExceptions(settings), state, logger);
  const history = await History.open(directory, { lock, onFault: (fault) => logger.error(faultText(fault)) });
  return { directory, shelves, state, history, exceptions, lost: lost.signal };
}

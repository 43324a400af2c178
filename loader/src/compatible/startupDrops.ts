import { hostPackages } from '../host/hostPackages';
import { StateFile } from '../lifecycle/stateFile';
import { type StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import { mkdir } from 'node:fs/promises';
import { findDrop, listDrops } from '../scan/drop';
import { settle } from '../scan/settle';
import type { Settings } from '../settings/settings';
import { collectStaged } from '../stage/collect';
import { newestOf } from '../stage/newest';
import { patchResolution } from '../patches/resolution';
import { layShelves, type Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';
import { stageDrop } from '../stage/stageDrop';
import { openStateDirectory } from '../stage/stateDirectory';
import { lockState } from '../stage/stateLock';

/** A drop that is not a bundle, with the reason. */
interface UnusableDrop {
  entry: string;
  fault: StagedoorError;
}

/** The content of the root directory when the backend started, each drop staged once. */
export interface StartupDrops {
  /** The bundles in effect, sorted by drop: the highest version of each package. */
  bundles: StagedBundle[];
  unusable: UnusableDrop[];
  /** Records of the bundles that served at earlier starts. */
  state: StateFile;
  /** Snapshot of each drop by entry, to detect later changes. */
  seen: ReadonlyMap<string, string>;
  /** Gives the state directory back and undoes what was patched. */
  close(): Promise<void>;
}

/**
 * Locks the state directory and stages every drop. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE and
 * SHARED_PACKAGE_MISSING; errors of drops are in `unusable`.
 */
export async function readStartupDrops(settings: Settings): Promise<StartupDrops> {
  // The error is reported when the drop is read.
  await mkdir(settings.rootDirectory, { recursive: true }).catch(() => {});
  const stateDirectory = await openStateDirectory(settings.stateDirectory);
  const lock = await lockState(stateDirectory);
  try {
    const shelves = await layShelves(stateDirectory, hostPackages(), __dirname);
    const resolution = patchResolution();
    const seen = new Map<string, string>();
    const unusable: UnusableDrop[] = [];
    const state = await StateFile.open(stateDirectory, {
      lock,
      onDamage: (fault) => void unusable.push({ entry: stateDirectory, fault }),
    });
    const entries = await listDrops(settings.rootDirectory).catch((fault: StagedoorError) => {
      unusable.push({ entry: settings.rootDirectory, fault });
      return [];
    });
    const found = await Promise.all(entries.map((entry) => stageEntry(settings, entry, shelves, seen, unusable)));
    const bundles = newestOf(found.filter((bundle) => bundle !== undefined));
    await collectStaged(shelves, new Set(bundles.map(({ dir }) => dir)));
    const close = async (): Promise<void> => {
      resolution.dispose();
      await lock.release();
    };
    return { bundles, unusable, state, seen, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function stageEntry(
  { rootDirectory }: Settings,
  entry: string,
  shelves: Shelves,
  seen: Map<string, string>,
  unusable: UnusableDrop[],
): Promise<StagedBundle | undefined> {
  try {
    const drop = await findDrop(rootDirectory, entry);
    const text = drop && (await settle(drop));
    if (!text) return undefined;
    seen.set(entry, text);
    return await stageDrop(drop, shelves);
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    unusable.push({ entry, fault: error });
    return undefined;
  }
}

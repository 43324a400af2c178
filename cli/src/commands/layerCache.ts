import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LayerCache } from '../oci/layerCache';

/** The folder of the layer cache; `none` disables it. */
const VARIABLE = 'STAGEDOOR_LAYER_CACHE';

/**
 * The layer cache that this user's runs share: in the folder of STAGEDOOR_LAYER_CACHE, by default among the user's other
 * caches. Undefined if that is `none`.
 */
export async function userLayerCache(env: NodeJS.ProcessEnv = process.env): Promise<LayerCache | undefined> {
  const named = env[VARIABLE];
  if (named === 'none') return undefined;
  const { LayerCache } = await import('../oci/layerCache');
  const caches = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return new LayerCache(named || join(caches, 'stagedoor/layers'));
}

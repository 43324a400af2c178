import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LayerCache } from '../oci/layerCache';

/** Names the folder of the layer cache; `none` is for no cache. */
const VARIABLE = 'STAGEDOOR_LAYER_CACHE';

/**
 * The cache of layers that this user's runs share: in the folder that STAGEDOOR_LAYER_CACHE names, by default among the
 * user's other caches. Undefined where that is `none`.
 */
export async function userLayerCache(env: NodeJS.ProcessEnv = process.env): Promise<LayerCache | undefined> {
  const named = env[VARIABLE];
  if (named === 'none') return undefined;
  const { LayerCache } = await import('../oci/layerCache');
  const caches = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return new LayerCache(named || join(caches, 'stagedoor/layers'));
}

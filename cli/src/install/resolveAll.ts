import { concurrently } from '@stagedoor/bundle';
import { assertNotOlder } from './assertNotOlder';
import { unknownPackageForm, listedTwice } from './errors';
import { formOf } from './list/packageText';
import type { ListedPlugin } from './list/readPluginList';
import { outcomeOf, valuesOf } from './outcomes';
import { requestHash, type Installed } from './root/store';
import type { Resolved, Source, SourceContext } from './source';

/** Requests at once: enough to hide latency, few enough for any registry. */
const AT_ONCE = 8;

/** A listed plugin and what it stands for now. */
export interface Planned {
  plugin: ListedPlugin;
  source: Source;
  resolved: Resolved;
  /** What is installed already and stays. */
  keep?: Installed;
  /** What is installed of the same key, whether it stays or not. */
  previous?: Installed;
}

/**
 * Finds out what every plugin stands for and which of them are there already. Those that may stay as they are
 * (`IfNotPresent`) are not asked about; folders of this machine always are. Rejects with what the sources throw,
 * PLUGIN_LIST_INVALID for a text that no source accepts, PLUGIN_LISTED_TWICE for two entries that turn out to be one.
 */
export async function resolveAll(
  plugins: readonly ListedPlugin[],
  installed: readonly Installed[],
  sources: readonly Source[],
  context: SourceContext,
): Promise<Planned[]> {
  const outcomes = await concurrently(
    plugins,
    (plugin) => outcomeOf(plugin, () => resolveOne(plugin, installed, sources, context)),
    AT_ONCE,
  );
  context.signal?.throwIfAborted();
  const planned = valuesOf(outcomes);
  const byKey = new Map<string, Planned>();
  for (const plan of planned) {
    const { kind, key } = plan.resolved;
    // Of two archives, secrets may be all that tells one address from the other.
    const own = kind === 'archive' ? plan.plugin.key : key;
    const other = byKey.get(own);
    if (other) {
      const { where, package: text } = plan.plugin;
      throw listedTwice([`${other.plugin.where} and ${where}: ${other.plugin.package} and ${text} are both ${key}.`]);
    }
    byKey.set(own, plan);
  }
  return planned;
}

async function resolveOne(
  plugin: ListedPlugin,
  installed: readonly Installed[],
  sources: readonly Source[],
  context: SourceContext,
): Promise<Planned> {
  const source = sources.find((candidate) => candidate.accepts(plugin.package));
  if (!source) throw unknownPackageForm();
  const request = requestHash(plugin);
  const there = installed.find((candidate) => candidate.request === request);
  const asked = plugin.pullPolicy === 'Always' || plugin.forceDownload || formOf(plugin.package) === 'local';
  const resolved = there && !asked ? there.resolved : await source.resolve(plugin, context);
  const keep = there && !plugin.forceDownload && there.resolved.digest === resolved.digest ? there : undefined;
  if (keep) assertNotOlder(plugin, keep);
  const previous = keep ?? installed.find((candidate) => candidate.resolved.key === resolved.key);
  return { plugin, source, resolved, ...(keep && { keep }), ...(previous && { previous }) };
}

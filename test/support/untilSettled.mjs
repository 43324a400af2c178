// node untilSettled.mjs <portal> <root directory> [<process id> …]: waits until a portal has taken what lies in its root
// directory, and what those of the processes that are `stagedoor dev` make of their source. In the place of the pauses in
// commands that readers follow: how long they have to be depends on the machine.
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 120_000;
/** States in which nothing more happens by itself. */
const AT_REST = new Set(['running', 'failed', 'rejected', 'disabled', 'quarantined']);

const [, , portal, root, ...processes] = process.argv;

/** The plugin list of the portal. */
async function pluginsOf() {
  const session = await (await fetch(`${portal}/api/auth/guest/refresh`)).json();
  const headers = { authorization: `Bearer ${session.backstageIdentity.token}` };
  return (await (await fetch(`${portal}/api/dynamic-plugins/v1/plugins`, { headers })).json()).items;
}

/** What lies in the root directory: by entry the manifest of a bundle folder, `{}` for what has none to read. */
async function dropsIn() {
  const entries = await readdir(root, { withFileTypes: true });
  const drops = entries.filter(
    (entry) => !entry.name.startsWith('.') && (!entry.isFile() || /\.tgz$/.test(entry.name)),
  );
  return new Map(await Promise.all(drops.map(async ({ name }) => [name, await manifestOf(name)])));
}

async function manifestOf(entry) {
  const file = join(root, entry, 'dynamic-bundle.json');
  const info = await stat(file).catch(() => undefined);
  return info ? { ...JSON.parse(await readFile(file, 'utf8')), writtenAt: info.ctimeMs } : {};
}

/** Source packages under development: their names, and since when a build of them has to be. */
async function developed() {
  const folders = processes.map(async (pid) => {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.split('\0').includes('dev')) return [];
    return [{ dir: await readlink(`/proc/${pid}/cwd`), startedAt: await startOf(pid) }];
  });
  return await Promise.all(
    (await Promise.all(folders)).flat().map(async ({ dir, startedAt }) => {
      const files = await readdir(join(dir, 'src'), { recursive: true });
      const infos = await Promise.all(files.map((file) => stat(join(dir, 'src', file))));
      const { name } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
      // Its first build has to be over before a change: one under way may hold what was there before.
      return { name, since: Math.max(startedAt, ...infos.map(({ mtimeMs }) => mtimeMs)) };
    }),
  );
}

/** When a process started, in milliseconds since the epoch: see proc_pid_stat(5), field 22, in hundredths of a second. */
async function startOf(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1).split(' ');
  const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
  return Date.now() - (uptime - Number(fields[19]) / 100) * 1000;
}

/** What is still to come, in words; undefined where nothing is. */
async function missing() {
  const drops = await dropsIn();
  for (const { name, since } of await developed()) {
    const built = [...drops.values()].find(({ source }) => source?.name === name);
    if (!built || built.writtenAt < since) return `stagedoor dev to build ${name}`;
  }
  const plugins = await pluginsOf();
  const entryOf = ({ onDisk, drop }) => onDisk?.drop ?? drop;
  for (const plugin of plugins) {
    if (!drops.has(entryOf(plugin))) return `${plugin.name} to go`;
    if (!AT_REST.has(plugin.state)) return `${plugin.name} to come to rest: it is ${plugin.state}`;
  }
  for (const [entry, { digest }] of drops) {
    const plugin = plugins.find((candidate) => entryOf(candidate) === entry);
    if (!plugin) return `${entry} to be noticed`;
    const { state, onDisk, loaded } = plugin;
    if (digest && state !== 'rejected' && onDisk?.digest !== digest) return `${entry} to be read`;
    if (state === 'running' && onDisk && loaded.digest !== onDisk.digest) return `${entry} to be loaded`;
  }
  return undefined;
}

const deadline = Date.now() + PATIENCE_MS;
for (;;) {
  // A drop that is just being replaced cannot be read.
  const still = await missing().catch((error) => String(error));
  if (still === undefined) break;
  if (Date.now() > deadline) {
    process.stderr.write(`Waited in vain for ${still}\n`);
    process.exit(1);
  }
  await sleep(50);
}

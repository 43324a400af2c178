// A backend to be measured: `node host.cjs <options as JSON> --config <file>`. Tells its parent when it has started, and
// answers `stall` (longest event-loop delay since the last question, ms), `usage` (of processors so far, ms; of memory, bytes),
// `require` (of a file) and `init` (of the plugin in the file `held`, which waits for that).
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const { kind, plugins, held } = JSON.parse(process.argv[2]);
const delays = monitorEventLoopDelay({ resolution: 1 });

const answers = {
  stall: () => {
    const longest = delays.max / 1e6;
    delays.reset();
    // Not before anybody asks: measuring takes a thirtieth of a processor.
    delays.enable();
    return longest;
  },
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() };
  },
  require: (file) => void require(file),
  init: async () => {
    release();
    await started;
  },
};
let release;
const released = new Promise((resolve) => (release = resolve));
let started;
process.on('message', async ({ ask, value }) => {
  const answer = await answers[ask](value);
  // What the question itself costs must not be in the next answer.
  await sleep(20);
  process.send({ answer });
});
process.on('disconnect', () => process.exit(1));

async function main() {
  const backend = createBackend();
  for (const plugin of plugins ?? []) backend.add(require(plugin).default);
  const reached = held && new Promise((resolve) => backend.add(holding(require(held).default, resolve)));
  started = backend.start();
  await (reached ?? started);
  process.send({});
}

/** A plugin whose init tells when it is reached, and then waits. */
function holding(feature, reached) {
  const hold = (registration) => {
    const { init } = registration;
    const func = async (deps) => {
      reached();
      await released;
      return init.func(deps);
    };
    return { ...registration, init: { ...init, func } };
  };
  return { ...feature, getRegistrations: () => feature.getRegistrations().map(hold) };
}

function createBackend() {
  if (kind === 'stagedoor') return require('@stagedoor/loader').createDynamicBackend();
  const backend = require('@backstage/backend-defaults').createBackend();
  if (kind === 'upstream') {
    backend.add(require('@backstage/backend-dynamic-feature-service').dynamicPluginsFeatureLoader());
  }
  return backend;
}

void main();

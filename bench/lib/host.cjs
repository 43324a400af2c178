// A backend to be measured: `node host.cjs <options as JSON> --config <file>`. Tells its parent when it has started, and
// answers `stall` (longest event-loop delay since the last question, ms) and `require` (of a file).
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const { kind, plugins } = JSON.parse(process.argv[2]);
const delays = monitorEventLoopDelay({ resolution: 1 });

const answers = {
  stall: () => {
    const longest = delays.max / 1e6;
    delays.reset();
    // Not before anybody asks: measuring takes a thirtieth of a processor.
    delays.enable();
    return longest;
  },
  require: (file) => void require(file),
};
process.on('message', async ({ ask, value }) => {
  const answer = answers[ask](value);
  // What the question itself costs must not be in the next answer.
  await sleep(20);
  process.send({ answer });
});
process.on('disconnect', () => process.exit(1));

async function main() {
  const backend = createBackend();
  for (const plugin of plugins ?? []) backend.add(require(plugin).default);
  await backend.start();
  process.send({});
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

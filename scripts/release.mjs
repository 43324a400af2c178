// npm run release [-- --dry-run]: packs the packages that are published, checks the archives and publishes them.
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStep } from './lib/buildStep.mjs';
import { ensureInstalled } from './lib/ensureInstalled.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { checkNodeVersion } from './lib/nodeVersion.mjs';
import { step } from './lib/progress.mjs';
import { repository } from './lib/repository.mjs';
import { checkAll } from './release/check.mjs';
import { packAll } from './release/pack.mjs';
import { publishedPackages } from './release/packages.mjs';
import { assertProjectIsSet, readProject } from './release/project.mjs';
import { assertReleasable, publishAll, tagAll } from './release/publish.mjs';

const HELP = `npm run release [-- options]

Packs the packages that are published, in the order in which they depend on each other, checks the
archives and publishes those whose version the registry does not have.

Options:
  --dry-run         Pack and check, publish nothing
  --out <folder>    Where to write the archives; by default .cache/release
  --project <file>  Where the project lives; by default scripts/release/project.json
  --help            Show help
`;

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  out: { type: 'string', default: join(repository, '.cache/release') },
  project: { type: 'string', default: join(repository, 'scripts/release/project.json') },
  help: { type: 'boolean', default: false },
};

await runScript(async () => {
  checkNodeVersion();
  const values = readOptions();
  if (values.help) return void process.stdout.write(HELP);
  // npm keeps the option for itself where `--` is left out.
  const isDry = values['dry-run'] || process.env.npm_config_dry_run === 'true';
  const project = readProject(values.project);
  if (!isDry) {
    assertProjectIsSet(project, relative(repository, values.project));
    assertReleasable();
  }
  await ensureInstalled({ dev: true });
  await buildStep();
  const packed = await pack(values.out, project);
  await step('Checking the archives', () => checkAll(packed));
  for (const { name, version, file, size } of packed) {
    process.stdout.write(`${name}@${version}  ${Math.ceil(size / 1024)} KiB  ${relative(process.cwd(), file)}\n`);
  }
  if (!isDry) {
    await publishAll(packed);
    await tagAll();
  } else if (project.unset.length > 0) {
    process.stdout.write(
      `A release is refused until these are set in ${relative(process.cwd(), values.project)}: ${project.unset.join(', ')}.\n`,
    );
  }
});

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    const accepted = Object.entries(OPTIONS).map(
      ([name, { type }]) => `--${name}${type === 'string' ? ' <path>' : ''}`,
    );
    throw new Failure(error.message, `Accepted: ${accepted.join(', ')}.`);
  }
}

async function pack(out, project) {
  let current = '';
  const packages = publishedPackages();
  const onPackage = (name) => (current = name);
  let packed;
  await step(
    'Packing',
    async () => {
      packed = await packAll(packages, { out, project, onPackage });
    },
    { usually: 'half a minute', detail: () => current },
  );
  return packed;
}

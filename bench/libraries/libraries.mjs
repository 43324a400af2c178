import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../scripts/lib/failure.mjs';
import { repository } from '../../scripts/lib/repository.mjs';
import { sharedPackages } from '../lib/bundlePackage.mjs';
import { compare } from './lib/compare.mjs';
import { readExercises } from './lib/exercises.mjs';
import { installSet } from './lib/installSet.mjs';
import { librariesPage } from './lib/page.mjs';

/** An export uses about one core. */
const AT_A_TIME = 2;

/**
 * Answers the exercises in plain Node.js and from bundles, which it makes in the folder `dir`; where `names` are given, only these,
 * and what came of them is printed. docs/reference/libraries.md gets the latest result of each exercise.
 */
export async function compareLibraries({ dir, report }, names = []) {
  const exercises = chosen(names);
  const libraries = await installSet();
  const view = await layView(dir);
  const results = join(libraries, 'results');
  await mkdir(results, { recursive: true });
  const rows = await inTurns(exercises, async (exercise) => {
    const row = await compare(exercise, { libraries, view });
    await writeFile(join(results, `${row.name}.json`), JSON.stringify(row));
    return row;
  });
  if (names.length > 0) print(rows);
  const all = readExercises();
  const latest = await Promise.all(
    all.map(({ name }) => readFile(join(results, `${name}.json`), 'utf8').catch(() => undefined)),
  );
  const page = librariesPage(
    latest.filter(Boolean).map((text) => JSON.parse(text)),
    libraries,
    all.length,
  );
  await writeFile(join(repository, 'docs/reference/libraries.md'), page);
  for (const { name, result, note } of rows) {
    report.budget(`${name}: ${result}: ${note}`, result === 'equal' || result === 'warned');
  }
}

function chosen(names) {
  const all = readExercises();
  const unknown = names.find((name) => !all.some((exercise) => exercise.name === name));
  if (unknown) {
    throw new Failure(`There is no exercise '${unknown}'.`, 'Exercises are the files in bench/libraries/exercises.');
  }
  return names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
}

/** A folder for bundles, from which the packages resolve that hosts share, and nothing else. */
async function layView(dir) {
  const view = join(dir, 'view');
  for (const shared of sharedPackages(join(repository, 'cli'))) {
    const path = join(view, 'node_modules', shared.name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(shared.dir, path, 'dir');
  }
  return view;
}

/** The results of `work`, in the order of `items`; a few run at a time. */
async function inTurns(items, work) {
  const results = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, item] = next;
      const row = (results[index] = await work(item));
      process.stderr.write(`${row.result.padEnd(8)} ${row.name} ${row.note}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}

function print(rows) {
  for (const { name, result, plain, bundled, exported } of rows) {
    process.stdout.write(`${name}: ${result}\n  plain   ${plain}\n  bundled ${bundled ?? exported.error}\n`);
    for (const warning of exported.warnings ?? []) process.stdout.write(`  warning ${warning}\n`);
  }
}

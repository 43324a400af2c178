import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../../lib/numbers.mjs';

const RESULTS = ['equal', 'warned', 'differs', 'broken'];

/**
 * The page about all libraries, from the results of exercises out of `total`; `libraries` is the folder where they are
 * installed.
 */
export function librariesPage(rows, libraries, total) {
  const counts = RESULTS.map((result) => [result, rows.filter((row) => row.result === result).length])
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`);
  return `# Libraries

Written by \`node bench/libraries/main.mjs\`; do not edit. ${rows.length} libraries that server plugins use: ${counts.join(', ')}.${notRun(total - rows.length)}

Each library has a small exercise in \`bench/libraries/exercises\`. It uses the part of the library that is loaded late: by a name that
is computed, when it is first used, or as a file beside the code. A plugin with the exercise runs twice: in plain Node.js, and from a bundle
that \`stagedoor export\` made without options, in a folder where only the packages resolve that hosts share.

| result | meaning |
| --- | --- |
| equal | both runs give the same answer |
| warned | the answers differ, and the export warned |
| differs | the answers differ without a warning, or the export failed. The command ends with 1 |
| broken | the exercise fails in plain Node.js. The command ends with 1 |

**hoisted** is the number of packages that are copied to the bundle's \`node_modules\` because they cannot be bundled.

${markdownTable(
  ['library', 'loaded late', 'result', 'hoisted', 'size', 'notes'],
  rows.map(({ packages, late, result, exported, note }) => [
    `\`${packages[0]}\` ${versionOf(packages[0], libraries)}`,
    late,
    result,
    String(exported.hoisted?.length ?? '–'),
    exported.bytes === undefined ? '–' : `${(exported.bytes / 1e6).toFixed(1)} MB`,
    cell(note),
  ]),
)}
`;
}

function notRun(count) {
  return count > 0 ? ` ${count} more exercises have not been run from a bundle yet.` : '';
}

function versionOf(name, libraries) {
  return JSON.parse(readFileSync(join(libraries, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Text in a cell of a table. */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ').trim() || '–';
}

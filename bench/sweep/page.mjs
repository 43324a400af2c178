import { formatBytes, markdownTable } from '../lib/numbers.mjs';

/** Errors that say that this registry lacks something that the package needs. */
const NOT_SERVED = new Set(['FETCH_FAILED', 'PACKAGE_NOT_FOUND']);
const LONGEST = 220;

/** docs/real-plugins.md, of what came of exports and of a portal with all of them. */
export function page({ backends, frontends }) {
  return `# Real plugins

Written by \`node bench/sweep/main.mjs\`; do not edit. Published plugins, unmodified, exported by name at npm's \`latest\` with no option,
with the start check, then dropped together into one running portal with [the least config](../bench/sweep/config.mjs) that they
demand. No service behind them answers. Packages that exclude each other, such as two plugins with one id, get a portal of their own.

${summary('Backend plugins and modules', backends)}

${summary('Frontend plugins', frontends)}

## Backend plugins and modules

${table(installable(backends))}

## Frontend plugins

**Shown** means that a page in Chromium has loaded every feature of the plugin.

${table(installable(frontends))}

## Not installable from the registry of this run

${markdownTable(
  ['package', 'what npm lacks'],
  [...backends, ...frontends]
    .filter(isTried)
    .filter(isLacking)
    .map((row) => [title(row), cell(row.result.error.message)]),
)}
`;
}

function summary(what, rows) {
  const tried = rows.filter(isTried);
  const there = installable(rows);
  const count = (holds) => there.filter(holds).length;
  const exported = count(({ result }) => !result.error);
  const running = count(({ status }) => status?.state === 'running');
  const waiting = count(({ status }) => status?.state === 'waiting');
  const pages = there.filter(({ status }) => status?.page !== undefined);
  const shown = pages.length > 0 ? `, ${pages.filter(({ status }) => status.page === null).length} shown` : '';
  return `${what}: ${tried.length} tried, ${there.length} installable here; of these **${exported} exported, ${running} running${waiting > 0 ? `, ${waiting} waiting for their plugin` : ''}${shown}**.`;
}

function table(rows) {
  return markdownTable(
    ['package', 'export', 'size', 'in the portal', 'reason'],
    rows.map((row) => {
      const { result, status } = row;
      if (result.error) return [title(row), 'refused', '–', '–', cell(`${result.error.code}: ${result.error.message}`)];
      const shown = status?.page === null ? ', shown' : '';
      const fault = status?.page ?? (status?.code && `${status.code}: ${status.message}`);
      const reason = fault ?? result.warnings.find((warning) => /app-config|network/.test(warning)) ?? '';
      const check = result.startCheck === 'passed' ? '' : ', start check skipped';
      return [
        title(row),
        `exported${check}`,
        formatBytes(result.bytes),
        `${status?.state ?? 'unknown'}${shown}`,
        cell(reason),
      ];
    }),
  );
}

function title({ name, version, result }) {
  return `\`${name}\` ${result.version ?? version}`;
}

function installable(rows) {
  return rows.filter((row) => isTried(row) && !isLacking(row));
}

function isTried({ result }) {
  return result !== undefined;
}

function isLacking({ result }) {
  return NOT_SERVED.has(result.error?.code);
}

/** The first line of a text, in a cell of a table, with no address and no folder of this machine. */
export function cell(text) {
  const line = text
    .split('\n')[0]
    .replace(/https?:\/\/\S+/g, 'the registry')
    .replace(/(?<=^|[\s'"(])\/(?:root|tmp|home|work)\/[^\s'")]*/g, '…')
    .replaceAll('|', '\\|');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

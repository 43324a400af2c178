import { readFileSync } from 'node:fs';
import { Failure } from '../lib/failure.mjs';

/** What every published package says of itself, and must not be empty. */
const REQUIRED = ['description', 'license', 'keywords', 'engines', 'files', 'exports', 'types', 'publishConfig'];

const REQUIRED_FILES = ['package.json', 'README.md', 'LICENSE'];

/** Checks the archives that were packed; throws with every fault of all of them. */
export async function checkAll(packed) {
  const faults = [];
  for (const { name, file } of packed) {
    for (const fault of await faultsOf(file)) faults.push(`${name}: ${fault}`);
  }
  if (faults.length > 0) throw new Failure(`The packages have faults:\n${faults.join('\n')}`, 'Correct package.json.');
}

/**
 * What is wrong with an archive: what it lacks, what publint finds, which ways to resolve its types fail
 * (@arethetypeswrong/core), and what its declarations import without depending on it.
 */
export async function faultsOf(file) {
  const data = readFileSync(file);
  const files = await readArchive(file);
  const manifest = JSON.parse(files.get('package.json'));
  return [
    ...REQUIRED.filter((key) => isEmpty(manifest[key])).map((key) => `package.json has no "${key}"`),
    ...REQUIRED_FILES.filter((path) => !files.has(path)).map((path) => `${path} is missing`),
    ...undeclared(files, manifest),
    ...(await publintFaults(data)),
    ...(await resolutionFaults(data, manifest)),
  ];
}

/** Path in the package → content, as text. */
async function readArchive(file) {
  const { list } = await import('tar');
  const contents = new Map();
  const onReadEntry = (entry) => {
    const chunks = [];
    entry.on('data', (chunk) => chunks.push(chunk));
    entry.on('end', () => contents.set(entry.path.replace(/^[^/]+\//, ''), Buffer.concat(chunks).toString('utf8')));
  };
  await list({ file, onReadEntry });
  return contents;
}

async function publintFaults(data) {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => `publint: ${message.code}: ${formatMessage(message, pkg, { color: false })}`);
}

/** A frontend package is for bundlers: nothing resolves it as Node.js does. */
const NOT_FOR_FRONTENDS = new Set(['node10', 'node16-cjs', 'node16-esm']);

async function resolutionFaults(data, { backstage }) {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(data)));
  if (!analysis.types) return ['types: none'];
  const isFrontend = backstage?.role?.startsWith('frontend-') ?? false;
  const counted = analysis.problems.filter(
    ({ resolutionKind, resolutionOption }) =>
      !(isFrontend && (NOT_FOR_FRONTENDS.has(resolutionKind) || resolutionOption === 'node16')),
  );
  return counted.map(({ kind, entrypoint = '', resolutionKind = '' }) =>
    `types: ${kind} ${entrypoint} ${resolutionKind}`.replaceAll(/ +/g, ' ').trim(),
  );
}

/** Declarations that import what nobody installs are `any` to those who use them. */
function undeclared(files, { name, dependencies, peerDependencies }) {
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
  const faults = [...files].flatMap(([path, content]) => {
    if (!path.endsWith('.d.ts')) return [];
    const missing = importedPackages(content).filter((id) => !declared.has(id) && !declared.has(typesOf(id)));
    return missing.map((id) => `${path} imports ${id}, which is not a dependency`);
  });
  return [...new Set(faults)];
}

/** The packages that a declaration file imports; what is of Node.js comes from @types/node, which each project chooses. */
export function importedPackages(declarations) {
  const specifiers = [...declarations.matchAll(/(?:from|import\()\s*['"]([^'".][^'"]*)['"]/g)].map(([, id]) => id);
  const names = specifiers.filter((id) => !id.startsWith('node:')).map((id) => /^(@[^/]+\/)?[^/]+/.exec(id)[0]);
  return [...new Set(names)];
}

function typesOf(name) {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}

function isEmpty(value) {
  return value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

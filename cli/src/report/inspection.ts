import type { Inspection } from '../inspect/inspectBundle';
import { rows } from './rows';
import { formatBytes } from './size';
import { unfinishedText } from './unfinished';

const HEAVIEST = 15;

/** An inspected bundle, line by line. */
export function inspectionLines(bundle: Inspection): string[] {
  const { name, version, role, source, host, native, digest, fault, startCheck, tool, signatures, provides } = bundle;
  return [
    `${name}@${version}`,
    ...rows([
      ['role', role],
      ['source', `${source.name}@${source.version}${source.lockfile ? ` (${source.lockfile.kind} lockfile)` : ''}`],
      ['made by', `${tool.name} ${tool.version}${startCheck === 'passed' ? '' : ', start check skipped'}`],
      ['digest', digest],
      ['files', fault ?? 'match the manifest'],
      ['signed by', signatures.map(({ keyId }) => keyId).join(', ') || 'nobody'],
      ['backstage', host.backstage ?? 'not stated'],
      ['node', host.node ?? 'not stated'],
      ['native', native ? `${native.platform}-${native.arch}, Node ABI ${native.abi}` : 'none'],
      ['shared', listed(Object.entries(host.shared).map(([shared, range]) => `${shared} ${range}`))],
    ]),
    ...rows(provides ? provided(provides) : [['provides', 'unknown: the export did not start it']]),
    ...sizeLines(bundle),
    ...sbomLines(bundle),
  ];
}

function provided(provides: NonNullable<Inspection['provides']>): Array<[string, string]> {
  const { pluginIds, modules, openedRoutes, extensionPoints, extensions, unfinished } = provides;
  return [
    ['plugins', listed(pluginIds)],
    ['modules', listed(modules.map(({ pluginId, moduleId }) => `${moduleId} (for ${pluginId})`))],
    ['opened', listed(openedRoutes.map(({ pluginId, path, allow }) => `/api/${pluginId}${path} (${allow})`))],
    ...(extensions ? [row('adds', extensions)] : [row('extends', extensionPoints)]),
    ...(unfinished ? [['not run', unfinishedText(unfinished)] as [string, string]] : []),
  ];
}

function row(name: string, values: readonly string[]): [string, string] {
  return [name, listed(values)];
}

function sizeLines({ size }: Inspection): string[] {
  const heaviest = size.packages.slice(0, HEAVIEST);
  const others = size.packages.slice(HEAVIEST);
  const parts: Array<[string, number]> = [
    ['own code', size.own],
    ...heaviest.map(({ name, version, placements, bytes, reason }): [string, number] => [
      `${name}@${version}${placements.includes('hoisted') ? ` (hoisted${reason ? `: ${reason}` : ''})` : ''}`,
      bytes,
    ]),
    ...(others.length > 0
      ? [[`${others.length} other packages`, others.reduce((sum, { bytes }) => sum + bytes, 0)] as [string, number]]
      : []),
    ['source maps', size.sourceMaps],
    ['other files', size.rest],
  ];
  return [
    `size ${formatBytes(size.bytes)} in ${size.files} files`,
    ...parts.map(([part, bytes]) => `  ${formatBytes(bytes).padStart(9)}  ${part}`),
  ];
}

function sbomLines({ sbom }: Inspection): string[] {
  if (!sbom) return ['bill of materials: none'];
  const licences = Object.entries(sbom.licences).map(([licence, count]) => `${licence} ${count}`);
  return [
    `bill of materials ${sbom.format}`,
    ...rows([
      ['packages', `${sbom.packages} (inlined ${sbom.inlined}, hoisted ${sbom.hoisted})`],
      ['licences', listed(licences)],
      ['integrity', sbom.withoutIntegrity === 0 ? 'known for all' : `unknown for ${sbom.withoutIntegrity}`],
    ]),
  ];
}

function listed(values: readonly string[]): string {
  return values.join(', ') || 'none';
}

import { createHash } from 'node:crypto';
import { parse } from 'ssri';
import { version } from '../../../package.json';
import type { InstalledPackage } from '../source/installedPackage';
import type { ExportedPackage } from '../plan/plan';
import type { BundledPackage, BundledPackages } from './bundledPackages';
import type { IntegrityReader } from './integrity';
import { declaredLicence, statedLicence } from './licences';

/** Names of CycloneDX properties that only Stagedoor gives and reads. */
export const SBOM_PROPERTY = {
  /** `inlined` or `hoisted`, or both; `embedded` where asset files lie in the bundle. */
  placement: 'stagedoor:placement',
  /** Share of the output in bytes, of an inlined package, or of the plugin itself. */
  bytes: 'stagedoor:bytes',
  /** Bundle path of a folder of the package; one property each. */
  path: 'stagedoor:path',
  /** Why the package is hoisted. */
  reason: 'stagedoor:reason',
  /** The checksum that Yarn berry's lockfile has in place of a hash of what the registry serves. */
  yarnChecksum: 'stagedoor:yarn-checksum',
} as const;

const HASHES: Record<string, string> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/**
 * The software bill of materials of a bundle, CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) as JSON text. The same
 * packages give the same bytes: it has no timestamp, and its serial number is derived from the content.
 */
export async function sbom(
  plan: ExportedPackage,
  { packages, imported, ownBytes }: BundledPackages,
  integrity: IntegrityReader,
): Promise<string> {
  const root = await component({ ...plan.self, name: plan.name });
  const content = {
    metadata: {
      tools: { components: [{ type: 'application', group: '@stagedoor', name: 'cli', version }] },
      component: { ...root, properties: [{ name: SBOM_PROPERTY.bytes, value: String(ownBytes) }] },
    },
    components: await Promise.all(packages.map((entry) => dependency(entry, integrity))),
    dependencies: [
      { ref: root['bom-ref'], dependsOn: refs(packages, imported) },
      ...packages.map((entry) => ({ ref: purl(entry.package), dependsOn: refs(packages, entry.imports) })),
    ],
  };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(content))}`;
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber,
    version: 1,
  };
  return `${JSON.stringify({ ...head, ...content }, null, 2)}\n`;
}

async function component(pkg: InstalledPackage): Promise<Record<'bom-ref', string> & Record<string, unknown>> {
  const [scope, name] = pkg.name.startsWith('@') ? pkg.name.split('/') : [undefined, pkg.name];
  return {
    type: 'library',
    'bom-ref': purl(pkg),
    ...(scope && { group: scope }),
    name,
    version: pkg.version,
    licenses: [await statedLicence(declaredLicence(pkg.manifest))],
    purl: purl(pkg),
  };
}

async function dependency(entry: BundledPackage, integrity: IntegrityReader): Promise<Record<string, unknown>> {
  const { licenses, purl: url, ...identity } = await component(entry.package);
  const hashes = hashesOf((await integrity.of(entry.package)) ?? '');
  return {
    ...identity,
    scope: 'required',
    ...(hashes.length > 0 && { hashes }),
    licenses,
    purl: url,
    properties: properties(entry, integrity.yarnChecksumOf(entry.package)),
  };
}

function properties(
  { inlinedBytes, paths, reason }: BundledPackage,
  yarnChecksum: string | undefined,
): Array<{ name: string; value: string }> {
  const placements = [
    ...(inlinedBytes === undefined ? [] : ['inlined']),
    ...(paths.some((path) => path.startsWith('node_modules/')) ? ['hoisted'] : []),
    ...(paths.some((path) => !path.startsWith('node_modules/')) ? ['embedded'] : []),
  ];
  return [
    ...placements.map((value) => ({ name: SBOM_PROPERTY.placement, value })),
    ...(inlinedBytes === undefined ? [] : [{ name: SBOM_PROPERTY.bytes, value: String(inlinedBytes) }]),
    ...[...paths].sort().map((value) => ({ name: SBOM_PROPERTY.path, value })),
    ...(reason === undefined ? [] : [{ name: SBOM_PROPERTY.reason, value: reason }]),
    ...(yarnChecksum === undefined ? [] : [{ name: SBOM_PROPERTY.yarnChecksum, value: yarnChecksum }]),
  ];
}

/** Subresource integrity as CycloneDX hashes: hex instead of base64. */
function hashesOf(integrity: string): Array<{ alg: string; content: string }> {
  const stated = parse(integrity);
  return Object.entries(HASHES).flatMap(([algorithm, alg]) =>
    (stated?.[algorithm] ?? []).map(({ digest }) => ({ alg, content: Buffer.from(digest, 'base64').toString('hex') })),
  );
}

function refs(packages: readonly BundledPackage[], ids: ReadonlySet<string>): string[] {
  return packages.filter(({ id }) => ids.has(id)).map((entry) => purl(entry.package));
}

/** https://github.com/package-url/purl-spec: the scope's `@` and the `+` of build metadata are percent-encoded. */
function purl({ name, version: at }: InstalledPackage): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(at)}`;
}

/** A version 8 UUID (RFC 9562) out of the sha256 of `text`. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

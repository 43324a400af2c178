import { StagedoorError, redactAddress } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { NpmPackage, Resolved, Source, SourceContext } from '../../install/source';
import { parseNpmSpec, type NpmSpec } from '../../text/npmSpec';
import { REGISTRY_ALGORITHMS, checkIntegrity } from '../integrity';
import { scratchFolder, unpack } from '../unpack';
import { downloadTarball } from './downloadTarball';
import { exportPublished } from './exportPublished';
import { missingDependencies } from './missingDependencies';
import { npmConnection, npmSettingsReader } from '../../registry/npmSettings';
import { findVersion, type RegistryContext } from '../../registry/packument';

/**
 * Packages of npm registries, as .npmrc says, npm itself not needed unless a plugin is exported. Throws PACKAGE_NOT_FOUND,
 * FETCH_FAILED, DOWNLOAD_TOO_SLOW, INTEGRITY_MISMATCH, PACKAGE_NOT_DYNAMIC, ARCHIVE_*, PACKAGE_JSON_*, and what an export
 * throws.
 */
export function npmSource(readSettings = npmSettingsReader()): Source {
  const registryContext = async (context: SourceContext): Promise<RegistryContext> => {
    const { cwd, ca, insecure = false, signal } = context;
    const settings = await readSettings(cwd);
    return {
      settings,
      connection: npmConnection(settings),
      insecure: insecure || settings.strictSSL === false,
      ...(ca !== undefined && { ca }),
      ...(signal && { signal }),
    };
  };
  return {
    accepts: (text) => registrySpec(text) !== undefined,
    async resolve({ package: text, integrity, export: exported = false }, context) {
      const { name, range } = registrySpec(text) ?? { name: '', range: '' };
      const {
        version,
        tarball,
        integrity: published,
      } = await findVersion(name, range || 'latest', await registryContext(context));
      const expected = integrity ?? published;
      const npm = { name, version, exported };
      return {
        kind: 'npm',
        key: name,
        identity: formatIdentity(npm, redactAddress(tarball)),
        npm,
        address: tarball,
        version,
        digest: published || expected,
        ...(expected && { integrity: expected }),
      };
    },
    async fetch(resolved, folder, context) {
      const { name, version, exported, tarball } = npmPackageOf(resolved);
      const { digest, integrity } = resolved;
      const spec = `${name}@${version}`;
      const scratch = await scratchFolder(folder);
      const file = join(scratch, 'package.tgz');
      const { onBytes } = context;
      await downloadTarball({ name, shown: spec, tarball }, file, {
        ...(await registryContext(context)),
        ...(onBytes && { onBytes }),
      });
      if (digest !== '') await checkIntegrity(file, digest, spec, REGISTRY_ALGORITHMS);
      if (integrity !== undefined && integrity !== digest) await checkIntegrity(file, integrity, spec);
      const dir = await unpack(file, scratch, { ...context, shown: spec });
      const missing = await missingDependencies(dir);
      if (missing.length > 0) {
        if (!exported) throw notDynamic(spec, missing);
        return await exportPublished({ name, version, integrity: digest }, scratch, context);
      }
      await context.keep?.(file);
      return dir;
    },
  };
}

/** A name, and perhaps a version, range or tag; what leads elsewhere than to a registry is not taken. */
function registrySpec(text: string): NpmSpec | undefined {
  const spec = parseNpmSpec(text.replace(/^npm:/i, ''));
  return spec && /[/:]/.test(spec.range) ? undefined : spec;
}

/**
 * What a lock records of a version of an npm package: `npm <name>@<version> <address>`, followed by ` exported` where it
 * may be exported. For people and comparisons: nothing is read out of it. `address` is a URL, so it holds no blanks and
 * can bring no such suffix.
 */
function formatIdentity({ name, version, exported }: NpmPackage, address: string): string {
  return `npm ${name}@${version} ${address}${exported ? ' exported' : ''}`;
}

function npmPackageOf({ npm, address }: Resolved): NonNullable<Resolved['npm']> & { tarball: string } {
  if (!npm || address === undefined) throw new Error('The package was not resolved by the source of npm packages');
  return { ...npm, tarball: address };
}

function notDynamic(spec: string, missing: readonly string[]): StagedoorError {
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const message = `${spec} is a plugin as it is published: it does not carry ${missing.slice(0, 3).join(', ')}${more}.`;
  return new StagedoorError('PACKAGE_NOT_DYNAMIC', message, { details: { missing: [...missing] } });
}

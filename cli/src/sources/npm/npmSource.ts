import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import { DOWNLOAD_LIMITS } from '../../bundles/download';
import type { Source, SourceContext } from '../../install/source';
import { isDiskFault } from '../../temporary/unwritable';
import { REGISTRY_ALGORITHMS, checkIntegrity } from '../integrity';
import { scratchFolder } from '../scratch';
import { unpack } from '../unpack';
import { exportPublished } from './exportPublished';
import { missingDependencies } from './missingDependencies';
import { formatIdentity, parseIdentity } from './npmIdentity';
import { npmSettings, type NpmSettings } from './npmSettings';
import { countBytes } from './countBytes';

const NOT_FOUND = new Set(['E404', 'ETARGET', 'ENOVERSIONS']);

/** A name, and perhaps a version, range or tag; what leads elsewhere than to a registry is not taken. */
const SPEC = /^(?:npm:)?((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(?:@([^/:]+))?$/i;

/**
 * Packages of npm registries, as .npmrc says, npm itself not needed unless a plugin is exported. Throws PACKAGE_NOT_FOUND,
 * FETCH_FAILED, INTEGRITY_MISMATCH, PACKAGE_NOT_DYNAMIC, ARCHIVE_*, PACKAGE_JSON_*, and what an export throws.
 */
export function npmSource(): Source {
  const settings = new Map<string, Promise<NpmSettings>>();
  const settingsFor = async (context: SourceContext): Promise<NpmSettings> => {
    const { cwd, ca, insecure, signal } = context;
    const key = JSON.stringify([cwd, ca, insecure]);
    const found = settings.get(key) ?? npmSettings(context);
    settings.set(key, found);
    return { ...(await found), signal };
  };
  return {
    accepts: (text) => SPEC.test(text),
    async resolve({ package: text, integrity, export: exported = false }, context) {
      const [, name = '', range = 'latest'] = SPEC.exec(text) ?? [];
      const { default: pacote } = await import('pacote');
      const options = await settingsFor(context);
      const manifest = await pacote.manifest(`${name}@${range}`, options).catch((cause: unknown) => {
        throw explain(`${name}@${range}`, cause, context);
      });
      const { version, _resolved: address, _integrity: published = '' } = manifest;
      const expected = integrity ?? published;
      return {
        kind: 'npm',
        key: name,
        identity: formatIdentity({ name, version, address, exported }),
        version,
        digest: published || expected,
        ...(expected && { integrity: expected }),
      };
    },
    async fetch({ identity, digest, integrity }, folder, context) {
      const { name, version, address, exported } = parseIdentity(identity);
      const spec = `${name}@${version}`;
      const scratch = await scratchFolder(folder);
      const file = join(scratch, 'package.tgz');
      const { default: pacote } = await import('pacote');
      const options = await settingsFor(context);
      const limit = DOWNLOAD_LIMITS.bytes;
      await pacote.tarball
        .stream(
          // By its address: the registry need not be asked again which version is meant.
          `${name}@${address}`,
          async (stream) => await pipeline(stream, countBytes(spec, limit, context.onBytes), createWriteStream(file)),
          options,
        )
        .catch((cause: unknown) => {
          throw explain(spec, cause, context);
        });
      // Here and not in pacote, which now and then takes another archive for a failing network, and asks again for a minute.
      if (digest !== '') await checkIntegrity(file, digest, spec, REGISTRY_ALGORITHMS);
      if (integrity !== undefined && integrity !== digest) await checkIntegrity(file, integrity, spec);
      const dir = await unpack(file, scratch, context);
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

function notDynamic(spec: string, missing: readonly string[]): StagedoorError {
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const message = `${spec} is a plugin as it is published: it does not carry ${missing.slice(0, 3).join(', ')}${more}.`;
  return new StagedoorError('PACKAGE_NOT_DYNAMIC', message, { details: { missing: [...missing] } });
}

function explain(spec: string, cause: unknown, { signal }: SourceContext): unknown {
  if (signal?.aborted) return signal.reason;
  if (isStagedoorError(cause) || isDiskFault(cause)) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (NOT_FOUND.has(code)) return new StagedoorError('PACKAGE_NOT_FOUND', `${spec}: ${message}`, { cause });
  if (code === 'EINTEGRITY') return new StagedoorError('INTEGRITY_MISMATCH', `${spec}: ${message}`, { cause });
  return new StagedoorError('FETCH_FAILED', `${spec} could not be fetched: ${message}`, { cause });
}

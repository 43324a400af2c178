import { readPublicKey, type PublicKey } from '@stagedoor/bundle';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Section } from './section';

const MODES = ['off', 'warn', 'require'] as const;

/** A package that needs no signature. */
export interface UnsignedPackage {
  name: string;
  /** Hex sha256 over all files of the only accepted build; without it, every bundle with this name is accepted. */
  digest?: string;
}

/** Requirements for the signatures of bundles. */
export interface SignatureSettings {
  /** `off`: not checked. `warn`: a bundle without a good signature runs, with a warning. `require`: it does not run. */
  mode: (typeof MODES)[number];
  trustedKeys: PublicKey[];
  /** Packages that need no signature. A false signature is an error for these, too. */
  allowUnsigned: UnsignedPackage[];
}

/** Reads `dynamicPlugins.signatures` and the key files it names, relative to `cwd`. */
export function readSignatures(parent: Section, cwd: string): SignatureSettings {
  const section = parent.section('signatures', ['mode', 'trustedKeys', 'allowUnsigned']);
  const mode = section.choice('mode', MODES) ?? 'off';
  const listed = section.strings('trustedKeys');
  const trustedKeys = listed.map((text) => readKey(section, text, cwd)).filter((key) => key !== undefined);
  if (mode === 'require' && listed.length === 0) {
    section.fault('trustedKeys', 'contains no key, so no signature could be trusted', 'at least one key');
  }
  return { mode, trustedKeys, allowUnsigned: readUnsigned(section) };
}

/** `<name>@sha256:<digest>`, and outside of production `<name>` alone. */
function readUnsigned(section: Section): UnsignedPackage[] {
  const packages = section.strings('allowUnsigned').map((text) => {
    const [, name, digest] = /^(.+)@sha256:([0-9a-f]{64})$/.exec(text) ?? [];
    return name === undefined ? { name: text } : { name, digest: digest! };
  });
  const named = packages.find(({ digest }) => digest === undefined);
  if (named && process.env.NODE_ENV === 'production') {
    section.fault(
      'allowUnsigned',
      `names '${named.name}' without a digest, and any bundle can use that name`,
      '<name>@sha256:<digest> in production, with the digest that the plugin list and `stagedoor inspect` show',
    );
  }
  return packages;
}

/** A public key as PEM text, or the file that holds one. */
function readKey(section: Section, text: string, cwd: string): PublicKey | undefined {
  const accepted = 'Ed25519 public keys in PEM format, or files that contain one';
  try {
    if (text.includes('-----BEGIN')) return readPublicKey(text, 'A key');
    const file = resolve(cwd, text);
    return readPublicKey(readFileSync(file, 'utf8'), file);
  } catch (error) {
    return section.fault('trustedKeys', `cannot be used: ${(error as Error).message}`, accepted);
  }
}

/** A version of an npm package, as lock files and mirrors record it. */
export interface NpmIdentity {
  name: string;
  version: string;
  /** Of the archive. */
  address: string;
  /** It may be exported where it is a plugin as it is published. */
  exported: boolean;
}

const IDENTITY = /^npm (\S+)@(\S+) (https?:\/\/\S+)( exported)?$/;

/** `npm <name>@<version> <address>`, followed by ` exported` where it may be. */
export function formatIdentity({ name, version, address, exported }: NpmIdentity): string {
  return `npm ${name}@${version} ${address}${exported ? ' exported' : ''}`;
}

/** Takes {@link formatIdentity} apart. */
export function parseIdentity(identity: string): NpmIdentity {
  const [, name = '', version = '', address = '', exported] = IDENTITY.exec(identity) ?? [];
  return { name, version, address, exported: exported !== undefined };
}

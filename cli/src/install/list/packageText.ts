import { isAddress } from '../../http/send';
import { parseNpmSpec } from '../../text/npmSpec';

/** What the text of a `package` names, by its form alone. */
export type PackageForm = 'oci' | 'ref' | 'local' | 'archive' | 'npm';

/** Tells the form of a package text. */
export function formOf(text: string): PackageForm {
  if (text.startsWith('oci://')) return 'oci';
  if (text.startsWith('ref://')) return 'ref';
  if (/^(\.{1,2}(\/|$)|\/|file:)/.test(text)) return 'local';
  if (isAddress(text)) return 'archive';
  return 'npm';
}

/** The parts of `oci://image:tag!path` or `oci://image@digest!path`. */
export interface OciText {
  /** With `oci://`, without tag, digest and path. */
  image: string;
  /** `:tag` or `@digest`, as written. */
  version: string;
  /** Path of the plugin in the image; absent if the image is said to hold one plugin. */
  path?: string;
  /** The tag is `{{inherit}}`. */
  inherit: boolean;
}

const OCI = /^(oci:\/\/[^\s/:@!]+(?::\d+)?(?:\/[^\s/:@!]+)+)(:[^\s!@:]+|@[a-z0-9]+:[A-Za-z0-9]+)(?:!([^\s!]+))?$/;

/** Takes the text of an OCI package apart; undefined for what is none. */
export function parseOciText(text: string): OciText | undefined {
  const match = OCI.exec(text);
  if (!match) return undefined;
  const [, image = '', version = '', path] = match;
  return { image, version, ...(path !== undefined && { path }), inherit: version === ':{{inherit}}' };
}

/**
 * What tells entries of one npm package, archive or folder apart from others: the name without version or git reference;
 * a path or address as it is.
 */
export function plainKey(text: string): string {
  const form = formOf(text);
  if (form === 'local') return text.replace(/\/+$/, '');
  if (form === 'archive') return text;
  const spec = text.replace(/^npm:/, '');
  return parseNpmSpec(spec)?.name ?? spec.split('#')[0]!;
}

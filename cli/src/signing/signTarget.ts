import { StagedoorError, packBundle, readManifest, signBundle, type PrivateKey } from '@stagedoor/bundle';
import { isAddress } from '../http/send';
import { withBundle, type OpenOptions } from '../bundles/openBundle';
import { signatureUnwritable, cannotSignAddress } from './errors';

/** A bundle that was signed. */
export interface SignedBundle {
  name: string;
  version: string;
  digest: string;
  /** Id of the key that signed. */
  keyId: string;
  /** Ids of all keys whose signatures the bundle carries, sorted. */
  signatures: string[];
  /** The new `sha512-…` integrity of a signed archive. */
  integrity?: string;
}

/**
 * Signs the bundle folder or archive `target`; an archive is packed anew in its place. `openKey` is asked once the
 * bundle is known to be there. Throws USAGE for an address, OUTPUT_UNWRITABLE, and what {@link signBundle} and
 * {@link withBundle} throw.
 */
export async function signTarget(
  target: string,
  openKey: () => Promise<PrivateKey>,
  options: OpenOptions,
): Promise<SignedBundle> {
  if (isAddress(target)) {
    throw cannotSignAddress();
  }
  return withBundle(target, options, async ({ dir, archive }) => {
    const key = await openKey();
    const signatures = await signBundle(dir, key).catch(notWritten);
    const packed = archive ? await packBundle(dir, archive).catch(notWritten) : undefined;
    const { name, version, digest } = (await readManifest(dir))!;
    return {
      name,
      version,
      digest,
      keyId: key.keyId,
      signatures: signatures.map(({ keyId }) => keyId),
      ...(packed && { integrity: packed.integrity }),
    };
  });
}

function notWritten(cause: unknown): never {
  if (cause instanceof StagedoorError) throw cause;
  throw signatureUnwritable(cause);
}

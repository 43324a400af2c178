import { concurrently, isStagedoorError, type PublicKey } from '@stagedoor/bundle';
import { checkPackage } from './checkPackage';
import { isEntryOf, type Installed } from './root/store';

/** Packages that are verified at once. */
const AT_ONCE = 4;

/**
 * The installed packages that may stay if signatures are required: a trusted key signed the manifest, the files match the
 * manifest, and the record beside them names that package. Others are fetched again; `warnings` gets one sentence for each.
 */
export async function keepSigned(
  installed: readonly Installed[],
  trusted: readonly PublicKey[],
  warnings: string[],
): Promise<Installed[]> {
  const faults = await concurrently(installed, (one) => faultOf(one, trusted), AT_ONCE);
  for (const [index, fault] of faults.entries()) {
    if (fault) warnings.push(`${installed[index]!.entry} in the root directory is fetched again: ${fault}`);
  }
  return installed.filter((_, index) => faults[index] === undefined);
}

async function faultOf(installed: Installed, trusted: readonly PublicKey[]): Promise<string | undefined> {
  try {
    const { name, version, content } = await checkPackage(installed.dir, trusted);
    const same = name === installed.name && version === installed.version && content === installed.content;
    return same && isEntryOf(installed.entry, name) ? undefined : 'its record names another package.';
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    return error.message;
  }
}

import { MANIFEST_FILE, SIGNATURE_FILE } from '@stagedoor/bundle';

/** The files that describe a bundle and its signatures. */
export const STATEMENT = [MANIFEST_FILE, SIGNATURE_FILE];

/** Observers of a package while it is unpacked. */
export interface Unpacking {
  /**
   * Receives a folder with the {@link STATEMENT} of a package before anything else is unpacked; rejects to refuse the
   * package. The caller compares the unpacked files with it afterwards.
   */
  admit?(dir: string): Promise<void>;
  /**
   * Gets each file that a package came as, when it is complete and checked: the archive, or an image's manifests and
   * layers. A folder is packed for it.
   */
  keep?(file: string): Promise<void>;
}

import { MANIFEST_FILE, SIGNATURE_FILE } from '@stagedoor/bundle';

/** The files in which a bundle says what it is, and who signed it. */
export const STATEMENT = [MANIFEST_FILE, SIGNATURE_FILE];

/** Who looks at a package while it is unpacked. */
export interface Unpacking {
  /**
   * Gets a folder with the {@link STATEMENT} of a package before anything else of it is unpacked; rejects to have it
   * refused. The caller compares what is unpacked with it afterwards.
   */
  admit?(dir: string): Promise<void>;
  /**
   * Gets each file that a package came as, when it is complete and checked: the archive, or an image's manifests and
   * layers. A folder is packed for it.
   */
  keep?(file: string): Promise<void>;
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

/** `@stagedoor/bundle` as it was built. */
export const {
  MANIFEST_FILE,
  SHARED_ROOT,
  backstageRelease,
  digestOf,
  formatManifest,
  integrityOf,
  listFiles,
  packBundle,
  packName,
  readManifest,
  sharedPackages,
} = createRequire(join(repository, 'cli/package.json'))('@stagedoor/bundle');

import { buildDriverElsewhere } from './driverElsewhere.mjs';
import { hasCommands, installedPackages, satisfiesLockfile } from './installed.mjs';
import { npm, npmEnvironment } from './npm.mjs';
import { step } from './progress.mjs';
import { repository } from './repository.mjs';
import { compilesIn, isCompilingSqliteDriver, sqliteDriverState } from './sqliteDriver.mjs';

/**
 * Installs missing packages: with `dev` all, otherwise those that building and starting need. Installed packages stay,
 * including development ones.
 */
export async function ensureInstalled({ dev }) {
  const installed = Object.values(installedPackages());
  const keepDev = dev || installed.some((pkg) => pkg.dev);
  // Said in either case: NODE_ENV and a user's npm settings would decide otherwise.
  const kinds = [
    ...(keepDev ? ['--include=dev'] : ['--omit=dev']),
    ...(compilesIn(repository) ? [] : ['--ignore-scripts']),
  ];

  if (!satisfiesLockfile({ dev }) || !hasCommands()) {
    const install = async () => {
      // `npm ci` would remove everything first and compile the SQLite driver again.
      if (installed.length > 0) await npm(['install', '--no-save', ...kinds]);
      if (!satisfiesLockfile({ dev })) await npm(['ci', ...kinds]);
    };
    const title = `Installing ${dev ? 'all packages' : 'the packages that starting needs'}`;
    await step(title, install, {
      usually: '1 to 3 minutes',
      detail: () => (isCompilingSqliteDriver() ? 'compiling the SQLite driver' : ''),
    });
  }
  // What is offered for download may be fatal, too.
  for (let tries = 0; tries < 2 && sqliteDriverState() !== 'works'; tries++) {
    const env = sqliteDriverState() === 'fatal' ? { npm_config_build_from_source: 'true' } : {};
    await step(
      'Building the SQLite driver for this Node.js',
      async () => {
        if (!compilesIn(repository)) await buildDriverElsewhere(npm, { env: { ...npmEnvironment(), ...env } });
        // Its install script is needed, whatever a user has set for all packages.
        else await npm(['rebuild', 'better-sqlite3', '--ignore-scripts=false'], { env });
      },
      { usually: 'a minute or two where it has to be compiled' },
    );
  }
}

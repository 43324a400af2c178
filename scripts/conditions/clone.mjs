import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../lib/repository.mjs';
import { copySources } from '../lib/sourceCopy.mjs';

const NOBODY = 65534;

/**
 * Mounts the copy of the repository at $clone, hides programs and folders, and runs `"$@"` in it. The copy is an overlay: what is
 * written to it lands in $home.
 */
const ENTER = `
umask "$mask"
layers="lowerdir=$lower,upperdir=$home/upper,workdir=$home/work"
# Without redirect_dir, folders of the lower layer cannot be renamed.
mount -t overlay overlay -o "$layers,redirect_dir=on" "$clone" 2>/dev/null || mount -t overlay overlay -o "$layers" "$clone"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs tmpfs "$1"; elif [ -e "$1" ]; then mount --bind /dev/null "$1"; fi
  shift
done
shift
[ -z "$tmpfs" ] || mount -t tmpfs -o "$tmpfs" tmpfs "$TMPDIR"
cd "$entered"
unset mask lower home clone entered tmpfs layers
exec "$@"`;

/**
 * A copy of this repository under the conditions of a case, installed and built unless it is to be fresh. Returns what starts a
 * command in it, as the leader of a process group.
 */
export function makeClone(home, { folder = 'a clone', ...each }, moreEnv) {
  const above = join(home, 'above');
  const clone = join(above, folder);
  const temporary = join(home, each.tmp === 'odd' ? 'temporary files #1 100%' : 'tmp');
  for (const dir of [clone, join(home, 'upper'), join(home, 'work')]) mkdirSync(dir, { recursive: true });
  if (each.tmp !== 'absent') mkdirSync(temporary);
  if (each.linked) symlinkSync(above, join(home, 'link'));
  if (each.closed) chmodSync(above, 0o700);
  const entered = each.linked ? join(home, 'link', folder) : clone;
  const lower = each.fresh ? join(home, 'sources') : repository;
  if (each.fresh) copySources(lower);
  const plain = each.user === 'plain' && process.getuid() === 0;
  return (...command) => {
    const args = [
      ...(process.getuid() === 0 ? [] : ['--map-root-user']),
      ...['--mount', 'sh', '-euc', ENTER, 'sh'],
      ...(each.without ?? []).map(placeOf),
      '--',
      ...(plain ? ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'] : []),
      ...command,
    ];
    return spawn('unshare', args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...moreEnv,
        PWD: entered,
        TMPDIR: temporary,
        ...(each.env ?? {}),
        ...{ mask: each.umask ?? '022', lower, home, clone, entered },
        tmpfs: { odd: 'size=2g', small: 'size=1m' }[each.tmp] ?? '',
      },
    });
  };
}

/** A program by its name is one of /usr/bin. */
function placeOf(name) {
  return name.startsWith('/') ? name : join('/usr/bin', name);
}

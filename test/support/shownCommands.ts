import { runProcess, type ChildProcessOptions } from './childProcess';
import { debianProgram } from './debianProgram';

/**
 * Runs commands as a page or a command of ours shows them, in one bash that ends with the first that fails. Most call curl. With
 * `jobs`, those in the background can be named by their number.
 */
export async function runShown(
  script: string,
  { jobs = false, ...options }: ChildProcessOptions & { jobs?: boolean } = {},
) {
  debianProgram('curl');
  // What a command that failed leaves in the background would keep the output open.
  const end = `trap 'for job in $(jobs -p); do kill -KILL -- -$job 2>/dev/null || true; done' EXIT`;
  return await runProcess(
    'bash',
    [jobs ? '-meuo' : '-euo', 'pipefail', '-c', jobs ? `${end}\n${script}` : script],
    options,
  );
}

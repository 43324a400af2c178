import type { Options } from 'yargs';
import { isPath } from '../export/source/locate';
import type { ExportOptions } from '../export/plan/options';
import { grouped } from './commonOptions';
import { explainsPath, explainsSeveral, explainInWorkspace } from './errors';
import { hostOf, hostOptions, type HostArguments } from './hostOptions';

/** Options that explain or override decisions about dependencies. */
export const decisionOptions = {
  ...hostOptions,
  ...grouped('Placement of dependencies', {
    explain: {
      type: 'string',
      describe: 'Explain the decision about a package (--explain=<name>) or about all packages',
    },
    shared: {
      type: 'string',
      requiresArg: true,
      describe: 'Leave matching packages to the host; repeatable',
    },
    inline: { type: 'string', requiresArg: true, describe: 'Bundle matching packages into the code; repeatable' },
    hoist: {
      type: 'string',
      requiresArg: true,
      describe: 'Copy matching packages to node_modules/ instead of bundling them; repeatable',
    },
  } as const satisfies Record<string, Options>),
};

/** Their values as the command line gives them. */
export interface DecisionArguments extends HostArguments {
  explain?: string | string[];
  shared?: string | string[];
  inline?: string | string[];
  hoist?: string | string[];
}

/** The corresponding options of an export; reads the host manifest. Throws USAGE or HOST_UNREADABLE. */
export async function decisionsOf(
  args: DecisionArguments,
  cwd: string,
  { workspace, signal }: { workspace: boolean; signal?: AbortSignal },
): Promise<Pick<ExportOptions, 'explain' | 'host' | 'overrides'>> {
  const overrides = {
    ...(args.shared !== undefined && { shared: [args.shared].flat() }),
    ...(args.inline !== undefined && { inline: [args.inline].flat() }),
    ...(args.hoist !== undefined && { hoist: [args.hoist].flat() }),
  };
  const host = await hostOf(args, cwd, signal);
  return {
    ...(args.explain !== undefined && { explain: explained(args.explain, workspace) }),
    ...(host && { host }),
    ...(Object.keys(overrides).length > 0 && { overrides }),
  };
}

function explained(value: string | string[], workspace: boolean): string {
  if (workspace) throw explainInWorkspace();
  if (Array.isArray(value)) throw explainsSeveral();
  if (isPath(value)) {
    throw explainsPath(value);
  }
  return value;
}

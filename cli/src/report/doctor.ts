import type { Writers } from '../doctor/access';
import type { Diagnosis } from '../doctor/options';
import type { Processes } from '../doctor/processes';

const SOURCES = {
  'backstage.json': 'from backstage.json',
  installed: 'from the installed backend-defaults',
} as const;

/** What neither `permissionModel` nor `users` prevents. */
const NOT_LIMITED =
  'not limited for plugins in processes: ports that they listen on, connections to other machines, native code in bundles';

/** The findings with their hints, who may change the plugins of a portal, and the users of plugin processes. */
export function findingLines({ folder, kinds, findings, backstage, writers, processes }: Diagnosis): string[] {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const lines = findings.flatMap(({ level, subject, message, fix, code }) => [
    ...`${level}${code === undefined ? '' : ` ${code}`}: ${subject}: ${message}`.split('\n'),
    ...(fix === '' ? [] : [`  fix: ${fix}`]),
  ]);
  return [
    ...lines,
    ...(backstage ? [`Backstage release: ${backstage.version} (${SOURCES[backstage.source]})`] : []),
    ...(writers ? [`may change plugins: ${whoMayWrite(writers)}`] : []),
    ...(processes ? [`plugins in processes run as: ${usersOf(processes)}`, NOT_LIMITED] : []),
    `${kinds.join(' and ')} ${folder}: ${errors} errors, ${findings.length - errors} warnings`,
  ];
}

function whoMayWrite({ operators, policy, services, upload }: Writers): string {
  const who = [
    ...operators,
    ...(policy === 'off' || policy === 'none' ? [] : [`users that the permission policy (${policy}) allows`]),
    ...services.map((subject) => `the service ${subject}`),
  ];
  const nobody = 'nobody through the portal; list users or groups in dynamicPlugins.operators';
  return `${who.join(', ') || nobody}${upload ? '' : ' (uploads are disabled)'}`;
}

function usersOf({ users }: Processes): string {
  if (users === 'portal') return 'the user of the portal';
  return `users ${users.first} to ${users.last}, one for each plugin`;
}

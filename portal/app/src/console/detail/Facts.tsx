import type { ReactNode } from 'react';
import type { Plugin } from '../api/types';
import { whereItRuns } from '../whereItRuns';
import { Time } from './Time';

const VERDICTS = {
  good: 'good',
  missing: 'not signed',
  untrusted: 'signed with a key that this portal does not trust',
  invalid: 'does not belong to these files',
};

/** The bundle as it is on disk, what of it serves, and where. */
export function Facts({ plugin }: { plugin: Plugin }) {
  const { version, digest, role, drop, loaded, process: own, signature, attempt, since, state } = plugin;
  const signers = signature?.signedBy.length ? ` (${signature.signedBy.join(', ')})` : '';
  const facts: Array<[string, ReactNode]> = [
    ['Version', version],
    ['Serves', loaded && loaded.version !== version ? loaded.version : undefined],
    ['Digest', digest && <Digest digest={digest} />],
    ['Role', role],
    ['Drop', drop],
    ['Plugin ids', plugin.pluginIds.join(', ')],
    ['Modules', plugin.modules.map(({ pluginId, moduleId }) => `${moduleId} of ${pluginId}`).join(', ')],
    ['Signature', signature ? `${VERDICTS[signature.verdict]}${signers}` : 'not asked for by this portal'],
    ['Runs in', whereItRuns(plugin)],
    ['Process', own && `${own.pid}`],
    ['User', own?.user?.toString()],
    ['Memory', own && `${Math.round(own.rssBytes / 1024 / 1024)} MB`],
    ['Restarts', own && `${own.restarts}`],
    ['Attempt', attempt && `${attempt}`],
    ['Started', loaded && <Time at={own?.startedAt ?? loaded.since} />],
    [`Is ${state} since`, <Time key="since" at={since} />],
  ];
  return (
    <dl className="sd-facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A digest by its first letters; all of it for whoever copies it. */
export function Digest({ digest }: { digest: string }) {
  return (
    <code title={digest} className="sd-digest">
      {digest}
    </code>
  );
}

import type { ReactNode } from 'react';
import type { Plugin } from '../api/types';
import { useText } from '../translation';
import { whereItRuns } from '../whereItRuns';
import { Time } from './Time';

/** The bundle on disk, the build in service, and where it runs. */
export function Facts({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const { version, digest, role, drop, loaded, process: own, signature, attempt, summary } = plugin;
  const { runs, onDisk, nextStart, state, since } = summary;
  const signers = signature?.signedBy.length ? ` (${signature.signedBy.join(', ')})` : '';
  const facts: Array<[string, ReactNode]> = [
    [t('fact.version'), version],
    [t('fact.serves'), runs && runs.version !== version ? runs.version : undefined],
    [t('fact.onDisk'), onDisk && onDisk.version !== version ? onDisk.version : undefined],
    [t('fact.nextStart'), nextStart.version !== runs?.version ? nextStart.version : undefined],
    [t('fact.digest'), digest && <Digest digest={digest} />],
    [t('fact.role'), role],
    [t('fact.drop'), drop],
    [t('fact.pluginIds'), plugin.pluginIds.join(', ')],
    [
      t('fact.modules'),
      plugin.modules
        .map(({ pluginId, moduleId }) => t('fact.moduleOf', { module: moduleId, plugin: pluginId }))
        .join(', '),
    ],
    [t('fact.signature'), signature ? `${t(`signature.${signature.verdict}`)}${signers}` : t('signature.notAsked')],
    [t('fact.database'), plugin.database && `${plugin.database.message}: ${plugin.database.migrations.join(', ')}`],
    [t('fact.runsIn'), whereItRuns(plugin, t)],
    [t('fact.notLimited'), plugin.isolation === 'process' && t('runsIn.notLimited')],
    [t('fact.process'), own && `${own.pid}`],
    [t('fact.user'), own?.user?.toString()],
    [t('fact.memory'), own && t('fact.megabytes', { mb: `${Math.round(own.rssBytes / 1024 / 1024)}` })],
    [t('fact.restarts'), own && `${own.restarts}`],
    [t('fact.attempt'), attempt && `${attempt}`],
    [t('fact.started'), loaded && <Time at={own?.startedAt ?? loaded.since} />],
    [t('fact.since', { state }), <Time key="since" at={since} />],
  ];
  return (
    <dl className="sd-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The beginning of a digest; copying yields all of it. */
export function Digest({ digest }: { digest: string }) {
  return (
    <code title={digest} className="sd-digest">
      {digest}
    </code>
  );
}

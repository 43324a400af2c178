import { Card, CardBody, CardHeader, Link, Skeleton, Text } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import type { ReactNode } from 'react';
import { adminApiRef } from '../api/AdminClient';
import { useAsked } from '../api/useAsked';
import type { Permitted, Plugin } from '../api/types';
import { Actions } from '../actions/Actions';
import { FaultAlert } from '../FaultAlert';
import { StateBadge } from '../StateBadge';
import { BootChart } from './BootChart';
import { ConfigKeys } from './ConfigKeys';
import { Facts } from './Facts';
import { Generations } from './Generations';
import { HealthChecks } from './HealthChecks';
import { OpenedRoutes } from './OpenedRoutes';
import { SbomSummary } from './SbomSummary';

interface PluginDetailProps {
  name: string;
  items: Plugin[] | undefined;
  operate: Permitted;
}

/** Everything that is known of one plugin, and what can be done with it. */
export function PluginDetail({ name, items, operate }: PluginDetailProps) {
  const plugin = items?.find((item) => item.name === name);
  return (
    <>
      <Link href="/plugins">All plugins</Link>
      <div className="sd-title">
        <Text as="h1" variant="title-medium">
          {name}
        </Text>
        {plugin && <StateBadge state={plugin.state} />}
      </div>
      {!items && <Skeleton width="100%" height={120} />}
      {items && !plugin && (
        <p role="status">There is no plugin of that name: it has been removed, or was never there.</p>
      )}
      {plugin && <Known plugin={plugin} operate={operate} />}
    </>
  );
}

function Known({ plugin, operate }: { plugin: Plugin; operate: Permitted }) {
  const client = useApi(adminApiRef);
  const { value: whole } = useAsked(() => client.plugin(plugin.name), [client, plugin.name, plugin.since]);
  const boot = whole?.boot ?? [];
  return (
    <>
      {plugin.code && <FaultAlert fault={plugin} status={plugin.loaded ? 'warning' : 'danger'} />}
      <Actions plugin={plugin} permitted={operate} />
      <div className="sd-sections">
        <Section title="Bundle">
          <Facts plugin={plugin} />
        </Section>
        <Section title="Open to callers without a session">
          <OpenedRoutes plugin={plugin} />
        </Section>
        <Section title="Health">
          <HealthChecks plugin={plugin} />
        </Section>
        <Section title="Generations">
          <Generations generations={plugin.generations} />
        </Section>
        <Section title="Config">
          <ConfigKeys plugin={plugin} />
        </Section>
        <Section title="Made of">
          <SbomSummary plugin={plugin} />
        </Section>
        {boot.length > 0 && (
          <Section title="Latest load" wide>
            <BootChart spans={boot} label={`Where the time of the latest load of ${plugin.name} went`} />
          </Section>
        )}
      </div>
    </>
  );
}

function Section({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <Card className={wide ? 'sd-wide' : ''}>
      <CardHeader>
        <Text as="h2" variant="title-x-small">
          {title}
        </Text>
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

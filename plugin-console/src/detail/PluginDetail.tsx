import { Card, CardBody, CardHeader, Link, Skeleton, Text } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import type { ReactNode } from 'react';
import { adminApiRef } from '../api/adminApiRef';
import { useAsked } from '../api/useAsked';
import type { Permitted, Plugin } from '../api/types';
import { Actions } from '../actions/Actions';
import { rootRouteRef } from '../routes';
import { StateBadge } from '../StateBadge';
import { useText } from '../translation';
import { BootChart } from './BootChart';
import { ConfigKeys } from './ConfigKeys';
import { Facts } from './Facts';
import { Generations } from './Generations';
import { HealthChecks } from './HealthChecks';
import { OpenedRoutes } from './OpenedRoutes';
import { SbomSummary } from './SbomSummary';
import { SummaryNotice } from './SummaryNotice';

interface PluginDetailProps {
  name: string;
  items: Plugin[] | undefined;
  operate: Permitted;
}

/** All details of one plugin, and its actions. */
export function PluginDetail({ name, items, operate }: PluginDetailProps) {
  const t = useText();
  const home = useRouteRef(rootRouteRef)?.() ?? '';
  const plugin = items?.find((item) => item.name === name);
  return (
    <>
      <Link href={home}>{t('detail.all')}</Link>
      <div className="sd-title">
        <Text as="h1" variant="title-medium">
          {name}
        </Text>
        {plugin && <StateBadge summary={plugin.summary} />}
      </div>
      {!items && <Skeleton width="100%" height={120} />}
      {items && !plugin && <p role="status">{t('detail.absent')}</p>}
      {plugin && <Known plugin={plugin} operate={operate} />}
    </>
  );
}

function Known({ plugin, operate }: { plugin: Plugin; operate: Permitted }) {
  const t = useText();
  const client = useApi(adminApiRef);
  const { value: whole } = useAsked(() => client.plugin(plugin.name), [client, plugin.name, plugin.since]);
  const boot = whole?.boot ?? [];
  return (
    <>
      <SummaryNotice plugin={plugin} />
      <Actions plugin={plugin} permitted={operate} />
      <div className="sd-sections">
        <Section title={t('detail.bundle')}>
          <Facts plugin={plugin} />
        </Section>
        <Section title={t('detail.open')}>
          <OpenedRoutes plugin={plugin} />
        </Section>
        <Section title={t('detail.health')}>
          <HealthChecks plugin={plugin} />
        </Section>
        <Section title={t('detail.generations')}>
          <Generations generations={plugin.generations} />
        </Section>
        <Section title={t('detail.config')}>
          <ConfigKeys plugin={plugin} />
        </Section>
        <Section title={t('detail.sbom')}>
          <SbomSummary plugin={plugin} />
        </Section>
        {boot.length > 0 && (
          <Section title={t('detail.boot')} wide>
            <BootChart spans={boot} label={t('detail.bootChart', { name: plugin.name })} />
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

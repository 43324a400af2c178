import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/adminApiRef';
import { useAsked } from '../api/useAsked';
import type { Plugin, Sbom } from '../api/types';
import { FaultAlert } from '../FaultAlert';
import { useText } from '../translation';

/** The packages that a bundle brings along, with version and licence. */
export function SbomSummary({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.sbom(plugin.name), [client, plugin.name, plugin.digest]);
  if (fault?.code === 'SBOM_MISSING') return <p>{t('sbom.missing')}</p>;
  if (fault) return <FaultAlert fault={fault} status="warning" />;
  const components = value?.components ?? [];
  return (
    <>
      <p>{t('sbom.count', { count: components.length })}</p>
      <ul className="sd-plain sd-scroll" tabIndex={0} aria-label={t('sbom.packages')}>
        {components.map((component) => (
          <li key={`${component.group}/${component.name}@${component.version}`}>
            {[component.group, component.name].filter(Boolean).join('/')} {component.version}{' '}
            <span className="sd-quiet">{licences(component)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function licences({ licenses = [] }: NonNullable<Sbom['components']>[number]): string {
  return licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name).join(', ');
}

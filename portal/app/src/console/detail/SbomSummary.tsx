import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/AdminClient';
import { useAsked } from '../api/useAsked';
import type { Plugin, Sbom } from '../api/types';
import { FaultAlert } from '../FaultAlert';

/** The packages that a bundle brings along, with version and licence. */
export function SbomSummary({ plugin }: { plugin: Plugin }) {
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.sbom(plugin.name), [client, plugin.name, plugin.digest]);
  if (fault?.code === 'SBOM_MISSING') return <p>It carries no bill of materials.</p>;
  if (fault) return <FaultAlert fault={fault} status="warning" />;
  const components = value?.components ?? [];
  return (
    <>
      <p>
        {components.length} {components.length === 1 ? 'package' : 'packages'} besides its own code.
      </p>
      <ul className="sd-plain sd-scroll" tabIndex={0} aria-label="Packages in the bundle">
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

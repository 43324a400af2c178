import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/AdminClient';
import { useAsked } from '../api/useAsked';
import type { Plugin } from '../api/types';
import { FaultAlert } from '../FaultAlert';

/** What a plugin reads of app-config, and which of it is set; never a value. */
export function ConfigKeys({ plugin }: { plugin: Plugin }) {
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.configKeys(plugin.name), [client, plugin.name, plugin.since]);
  if (fault) return <FaultAlert fault={fault} status="warning" />;
  if (value?.length === 0) return <p>It has no config schema.</p>;
  return (
    <ul className="sd-plain">
      {value?.map(({ key, set, required, secret, type, description }) => (
        <li key={key}>
          <code>{key}</code>{' '}
          <span className={`sd-badge ${set ? 'sd-good' : required ? 'sd-bad' : 'sd-still'}`}>
            {set ? 'set' : required ? 'required, not set' : 'not set'}
          </span>{' '}
          <span className="sd-quiet">
            {[type, secret && 'secret'].filter(Boolean).join(', ')}
            {description && ` ${description}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

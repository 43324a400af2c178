import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/adminApiRef';
import { useAsked } from '../api/useAsked';
import type { Plugin } from '../api/types';
import { FaultAlert } from '../FaultAlert';
import { useText } from '../translation';

/** The config keys of a plugin, and which of them are set; never a value. */
export function ConfigKeys({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.configKeys(plugin.name), [client, plugin.name, plugin.since]);
  if (fault) return <FaultAlert fault={fault} status="warning" />;
  if (value?.length === 0) return <p>{t('config.none')}</p>;
  return (
    <ul className="sd-plain">
      {value?.map(({ key, set, required, secret, type, description }) => (
        <li key={key}>
          <code>{key}</code>{' '}
          <span className={`sd-badge ${set ? 'sd-good' : required ? 'sd-bad' : 'sd-still'}`}>
            {t(set ? 'config.set' : required ? 'config.required' : 'config.notSet')}
          </span>{' '}
          <span className="sd-quiet">
            {[type, secret && t('config.secret')].filter(Boolean).join(', ')}
            {description && ` ${description}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

import { Container } from '@backstage/ui';
import { useParams } from 'react-router-dom';
import { isRefusal } from './api/AdminError';
import { usePermitted } from './api/usePermitted';
import { usePlugins } from './api/usePlugins';
import { FaultAlert } from './FaultAlert';
import { PluginDetail } from './detail/PluginDetail';
import { PluginList } from './list/PluginList';
import css from './console.css';
import { useText } from './translation';
import { useStyles } from './useStyles';

/** All dynamic plugins or, at `<package name>` below, one of them. Both update live. */
export function ConsolePage() {
  useStyles('console', css);
  const t = useText();
  const { items, fault } = usePlugins();
  const permitted = usePermitted(fault === undefined);
  const { '*': name = '' } = useParams();
  return (
    <Container className="sd-page">
      {fault && <FaultAlert fault={fault} status={items ? 'warning' : 'danger'} />}
      {!items && fault && isRefusal(fault) ? (
        <p>{t('page.refused')}</p>
      ) : name ? (
        <PluginDetail key={name} name={name} items={items} operate={permitted('operate')} />
      ) : (
        <PluginList items={items} upload={permitted('upload')} />
      )}
    </Container>
  );
}

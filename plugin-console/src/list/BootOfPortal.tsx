import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/adminApiRef';
import { useAsked } from '../api/useAsked';
import { BootChart } from '../detail/BootChart';
import { FaultAlert } from '../FaultAlert';
import { useText } from '../translation';

/** Timing of the start of the portal. */
export function BootOfPortal() {
  const t = useText();
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.boot(), [client]);
  return (
    <Accordion>
      <AccordionTrigger
        title={value ? t('list.bootTime', { ms: `${Math.round(value.durationMs)}` }) : t('list.boot')}
        level={2}
      />
      <AccordionPanel>
        {value && <BootChart spans={[value]} label={t('list.bootChart')} />}
        {fault && <FaultAlert fault={fault} />}
      </AccordionPanel>
    </Accordion>
  );
}

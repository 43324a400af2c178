import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { adminApiRef } from '../api/AdminClient';
import { useAsked } from '../api/useAsked';
import { BootChart } from '../detail/BootChart';
import { FaultAlert } from '../FaultAlert';

/** Where the time of the portal's start went. */
export function BootOfPortal() {
  const client = useApi(adminApiRef);
  const { value, fault } = useAsked(() => client.boot(), [client]);
  return (
    <Accordion>
      <AccordionTrigger
        title={value ? `Start of the portal: ${Math.round(value.durationMs)} ms` : 'Start of the portal'}
        level={2}
      />
      <AccordionPanel>
        {value && <BootChart spans={[value]} label="Where the time of the portal's start went" />}
        {fault && <FaultAlert fault={fault} />}
      </AccordionPanel>
    </Accordion>
  );
}

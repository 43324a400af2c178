import { Alert } from '@backstage/ui';
import { FaultAlert } from '../FaultAlert';
import { useText } from '../translation';
import type { Outcome } from './useOperation';

/** Progress and result of an operation, also for screen readers. */
export function OutcomeAlert({ pending, outcome }: { pending: boolean; outcome: Outcome | undefined }) {
  const t = useText();
  return (
    <div aria-live="polite">
      {pending && <Alert status="info" isPending title={t('action.pending')} />}
      {outcome && 'done' in outcome && <Alert status="success" icon title={outcome.done} />}
      {outcome && 'fault' in outcome && <FaultAlert fault={outcome.fault} />}
    </div>
  );
}

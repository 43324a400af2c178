import { Alert } from '@backstage/ui';
import type { Fault } from './api/types';
import { useText } from './translation';

/** An error with its code and hint. */
export function FaultAlert({ fault, status = 'danger' }: { fault: Fault; status?: 'danger' | 'warning' }) {
  const t = useText();
  return (
    <Alert
      status={status}
      icon
      role="alert"
      title={fault.code}
      description={
        <>
          <span className="sd-message">{fault.message}</span>
          {fault.hint && (
            <span className="sd-message">
              <strong>{t('fault.hint')}</strong> {fault.hint}
            </span>
          )}
        </>
      }
    />
  );
}

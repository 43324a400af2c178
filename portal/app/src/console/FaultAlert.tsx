import { Alert } from '@backstage/ui';
import type { Fault } from './api/types';

/** What went wrong, by its code, and what to do about it. */
export function FaultAlert({ fault, status = 'danger' }: { fault: Fault; status?: 'danger' | 'warning' }) {
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
              <strong>Remedy:</strong> {fault.hint}
            </span>
          )}
        </>
      }
    />
  );
}

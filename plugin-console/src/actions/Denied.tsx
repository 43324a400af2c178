import type { Permitted } from '../api/types';
import { useText } from '../translation';

/** Says why the user may not do something, and what to do about it; nothing while that is not known. */
export function Denied({ permitted: { allowed, code, message, hint } }: { permitted: Permitted }) {
  const t = useText();
  if (allowed || !code) return null;
  return (
    <p className="sd-quiet" role="note">
      <span className="sd-message">
        {t('fault.denied')} <code>{code}</code> {message}
      </span>
      {hint && (
        <span className="sd-message">
          <strong>{t('fault.hint')}</strong> {hint}
        </span>
      )}
    </p>
  );
}

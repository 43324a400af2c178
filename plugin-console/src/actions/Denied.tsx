import type { Permitted } from '../api/types';
import { useText } from '../translation';

/** Explains why the user lacks permission, with a hint; nothing until the answer is known. */
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

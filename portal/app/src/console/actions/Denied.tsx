import type { Permitted } from '../api/types';

/** Says why the user may not do something, and what to do about it; nothing while that is not known. */
export function Denied({ permitted: { allowed, code, message, hint } }: { permitted: Permitted }) {
  if (allowed || !code) return null;
  return (
    <p className="sd-quiet" role="note">
      <span className="sd-message">
        You may not do this: <code>{code}</code> {message}
      </span>
      {hint && (
        <span className="sd-message">
          <strong>Remedy:</strong> {hint}
        </span>
      )}
    </p>
  );
}

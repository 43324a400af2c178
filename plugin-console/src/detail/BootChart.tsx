import type { Span } from '../api/types';
import { useText } from '../translation';

/** Steps as bars on one scale of time, each step below the one it is part of. */
export function BootChart({ spans, label }: { spans: Span[]; label: string }) {
  const begin = Math.min(...spans.map(({ startMs }) => startMs));
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const scale = { begin, whole: Math.max(end - begin, 1) };
  return (
    <div className="sd-chart" role="group" aria-label={label}>
      <Steps spans={spans} scale={scale} depth={0} />
    </div>
  );
}

interface Scale {
  begin: number;
  whole: number;
}

function Steps({ spans, scale, depth }: { spans: Span[]; scale: Scale; depth: number }) {
  const t = useText();
  return (
    <ol>
      {spans.map((span, index) => (
        <li key={index}>
          <div className="sd-step">
            <span className="sd-step-name" style={{ paddingInlineStart: `${depth * 12}px` }}>
              {span.name}
              {span.label && <span className="sd-quiet"> {span.label}</span>}
              {span.failed && <span className="sd-badge sd-bad">{t('detail.stepFailed')}</span>}
            </span>
            <span className="sd-step-time">{format(span.durationMs)}</span>
            <span className="sd-step-track" aria-hidden>
              <span
                className={span.failed ? 'sd-step-bar sd-step-failed' : 'sd-step-bar'}
                style={{
                  insetInlineStart: percent(span.startMs - scale.begin, scale),
                  inlineSize: percent(span.durationMs, scale),
                }}
              />
            </span>
          </div>
          {span.children.length > 0 && <Steps spans={span.children} scale={scale} depth={depth + 1} />}
        </li>
      ))}
    </ol>
  );
}

function percent(ms: number, { whole }: Scale): string {
  return `${(100 * ms) / whole}%`;
}

function format(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

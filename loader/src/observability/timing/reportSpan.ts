import type { Context, Tracer } from '@opentelemetry/api';
import type { Span } from './timed';

/** Reports a completed tree to the tracer of the operator, if any: one trace with one span for each step. */
export function reportSpan(root: Span): void {
  const began = Date.now() - root.durationMs;
  void import('@opentelemetry/api').then(({ ROOT_CONTEXT, SpanStatusCode, trace }) => {
    const tracer = trace.getTracer('stagedoor');
    const report = ({ name, label, startMs, durationMs, failed, children }: Span, parent: Context): void => {
      const startTime = began + startMs;
      const attributes = label === undefined ? {} : { 'stagedoor.of': label };
      const span: ReturnType<Tracer['startSpan']> = tracer.startSpan(
        `stagedoor ${name}`,
        { startTime, attributes },
        parent,
      );
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      for (const child of children) report(child, trace.setSpan(parent, span));
      span.end(startTime + durationMs);
    };
    report(root, ROOT_CONTEXT);
  });
}

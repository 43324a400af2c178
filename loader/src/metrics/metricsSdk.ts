import type { Attributes, Meter } from '@opentelemetry/api';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Chooses data points by the scope of their meter and by their attributes. */
export type Pick = (scope: string, attributes: Attributes) => boolean;

/** A place where metrics are kept until somebody asks for them. */
export interface MetricsSdk {
  /** For what the portal measures: kept here, and told to the SDK that the operator runs, if any. */
  readonly meters: readonly Meter[];
  /** What was measured so far, in Prometheus' text format. */
  text(pick: Pick): Promise<string>;
  dispose(): Promise<void>;
}

/** Scope of what the portal measures. */
export const OWN_SCOPE = 'stagedoor';

/**
 * Imports OpenTelemetry's metrics SDK and sets up a provider, for the whole process where the operator has set up none
 * before the start: then what plugins measure is kept here, too.
 */
export async function openMetrics(): Promise<MetricsSdk> {
  const { metrics } = await import('@opentelemetry/api');
  const { AggregationTemporality, MeterProvider, MetricReader } = await import('@opentelemetry/sdk-metrics');
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');

  /** Collects when asked. */
  class PullReader extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  const reader = new PullReader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  const provider = new MeterProvider({ readers: [reader] });
  const global = metrics.getMeterProvider();
  // The API has no other way to ask; setting one beside another is refused with a complaint in the operator's log.
  const free = global.constructor.name === 'NoopMeterProvider';
  if (free) metrics.setGlobalMeterProvider(provider);
  const serializer = new PrometheusSerializer(undefined, false, undefined, true);
  return {
    meters: [provider.getMeter(OWN_SCOPE), ...(free ? [] : [global.getMeter(OWN_SCOPE)])],
    async text(pick) {
      const { resourceMetrics } = await reader.collect();
      return serializer.serialize(picked(resourceMetrics, pick));
    },
    async dispose() {
      if (metrics.getMeterProvider() === provider) metrics.disable();
      await provider.shutdown();
    },
  };
}

function picked({ resource, scopeMetrics }: ResourceMetrics, pick: Pick): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.flatMap((metric) => {
        const dataPoints = metric.dataPoints.filter(({ attributes }) => pick(scope.name, attributes));
        return dataPoints.length > 0 ? [{ ...metric, dataPoints } as typeof metric] : [];
      }),
    })),
  };
}

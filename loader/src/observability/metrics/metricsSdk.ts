import { metrics, ValueType, type Attributes, type HrTime, type Meter } from '@opentelemetry/api';
import type { HistogramMetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Sdk from './sdk';
import { BUCKETS, type SeriesSource } from './series';

const SDK = join(__dirname, 'observability', 'metrics', 'sdk.cjs.js');

/** Chooses data points by the scope of their meter and by their attributes. */
export type Pick = (scope: string, attributes: Attributes) => boolean;

/** Storage of metrics until they are collected. */
export interface MetricsSdk {
  /** For the portal's own metrics: kept here, and reported to the SDK of the operator, if any. */
  readonly meters: readonly Meter[];
  /** Those of them that tell the operator's SDK. */
  readonly operatorMeters: readonly Meter[];
  /** What was measured so far, in Prometheus' text format. */
  text(pick: Pick): Promise<string>;
  dispose(): Promise<void>;
}

/** Scope of what the portal measures. */
export const OWN_SCOPE = 'stagedoor';

/**
 * Imports OpenTelemetry's metrics SDK and sets up a provider. If the operator has not set up one before the start, it is set
 * for the whole process, so metrics of plugins are kept here, too. `counted` is kept elsewhere and included in the output.
 */
export function openMetrics(counted: readonly SeriesSource[] = []): MetricsSdk {
  const { AggregationTemporality, DataPointType, MeterProvider, MetricReader, PrometheusSerializer } = createRequire(
    __filename,
  )(SDK) as typeof Sdk;

  /** Collects when asked. */
  class PullReader extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  const reader = new PullReader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  const startTime = now();
  const histogram = (source: SeriesSource): HistogramMetricData => ({
    descriptor: { ...source.described, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [...source.series()].map(({ attributes, counts, count, sum }) => ({
      startTime,
      endTime: now(),
      attributes,
      value: { buckets: { boundaries: BUCKETS, counts }, count, sum },
    })),
  });
  const provider = new MeterProvider({ readers: [reader] });
  const global = metrics.getMeterProvider();
  // The API offers no other way to find out; setting a second provider would log a warning of the SDK.
  const free = global.constructor.name === 'NoopMeterProvider';
  if (free) metrics.setGlobalMeterProvider(provider);
  const serializer = new PrometheusSerializer(undefined, false, undefined, true);
  const operatorMeters = free ? [] : [global.getMeter(OWN_SCOPE)];
  return {
    meters: [provider.getMeter(OWN_SCOPE), ...operatorMeters],
    operatorMeters,
    async text(pick) {
      const { resource, scopeMetrics } = (await reader.collect()).resourceMetrics;
      const own = { scope: { name: OWN_SCOPE }, metrics: counted.map(histogram) };
      return serializer.serialize(picked({ resource, scopeMetrics: [...scopeMetrics, own] }, pick));
    },
    async dispose() {
      if (metrics.getMeterProvider() === provider) metrics.disable();
      await provider.shutdown();
    },
  };
}

function now(): HrTime {
  return [Math.floor(Date.now() / 1000), 0];
}

function picked({ resource, scopeMetrics }: ResourceMetrics, pick: Pick): ResourceMetrics {
  return {
    resource,
    scopeMetrics: scopeMetrics.map(({ scope, metrics: measured }) => ({
      scope,
      metrics: measured.flatMap((metric) => {
        const dataPoints = metric.dataPoints.filter(({ attributes }) => pick(scope.name, attributes));
        return dataPoints.length > 0 ? [{ ...metric, dataPoints } as typeof metric] : [];
      }),
    })),
  };
}

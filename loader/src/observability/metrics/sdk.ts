/**
 * What is used of OpenTelemetry's SDK, built into a file of its own: of a hundred files, half of the time that a portal takes to
 * import it goes into finding them. A portal without metrics does not compile it.
 */
export { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
export { AggregationTemporality, DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

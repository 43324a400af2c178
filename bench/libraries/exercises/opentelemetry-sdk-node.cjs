exports.late = 'exporters by name from the environment';
exports.packages = ['@opentelemetry/sdk-node', '@opentelemetry/api'];
exports.run = async () => {
  process.env.OTEL_TRACES_EXPORTER = 'otlp';
  process.env.OTEL_EXPORTER_OTLP_PROTOCOL = 'grpc';
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9';
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const { trace } = require('@opentelemetry/api');
  const sdk = new NodeSDK({ serviceName: 's' });
  sdk.start();
  const span = trace.getTracer('t').startSpan('a');
  const recording = span.isRecording();
  span.end();
  return recording;
};

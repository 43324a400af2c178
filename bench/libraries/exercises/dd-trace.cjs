exports.late = 'plugins by name, optional native parts';
exports.packages = ['dd-trace'];
exports.run = async () => {
  process.env.DD_TRACE_AGENT_URL = 'http://127.0.0.1:9';
  process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false';
  const tracer = require('dd-trace').init({ startupLogs: false, logInjection: false });
  const span = tracer.startSpan('a');
  return [span.context().toTraceId().length > 0, span.constructor.name];
};

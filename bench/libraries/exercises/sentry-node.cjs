exports.late = 'instrumentation of other modules';
exports.packages = ['@sentry/node'];
exports.run = async () => {
  const Sentry = require('@sentry/node');
  const sent = [];
  Sentry.init({
    dsn: 'http://a@127.0.0.1:9/1',
    transport: () => ({ send: async (envelope) => (sent.push(envelope[1][0][0].type), {}), flush: async () => true }),
  });
  Sentry.captureMessage('x');
  await Sentry.flush(1000);
  return sent;
};

exports.late = 'protocol versions by number';
exports.packages = ['kafkajs'];
exports.run = async () => {
  const { Kafka, logLevel } = require('kafkajs');
  const admin = new Kafka({ brokers: ['127.0.0.1:9'], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  return await admin.connect().catch((error) => error.name);
};

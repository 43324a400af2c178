exports.late = 'one build of several, by condition';
exports.packages = ['mqtt'];
exports.run = async () => {
  const mqtt = require('mqtt');
  const client = mqtt.connect('mqtt://127.0.0.1:9', { reconnectPeriod: 0 });
  const code = await new Promise((resolve) => client.on('error', (error) => resolve(error.code)));
  await client.endAsync(true);
  return code;
};

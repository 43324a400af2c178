exports.late = 'protos and client configs in JSON files';
exports.packages = ['@google-cloud/pubsub'];
exports.run = async () => {
  const { PubSub } = require('@google-cloud/pubsub');
  const client = new PubSub({ projectId: 'p', apiEndpoint: '127.0.0.1:9' });
  const topic = client.topic('t');
  const { v1 } = require('@google-cloud/pubsub');
  return [
    topic.name,
    typeof new v1.PublisherClient({ projectId: 'p' }).publish,
    await topic.exists({ gaxOpts: { timeout: 300 } }).catch((error) => error.code),
  ];
};

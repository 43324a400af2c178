exports.late = 'protos and client configs in JSON files';
exports.packages = ['@google-cloud/pubsub'];
exports.run = async () => {
  const { PubSub, v1 } = require('@google-cloud/pubsub');
  const topic = new PubSub({ projectId: 'p', apiEndpoint: '127.0.0.1:9' }).topic('t');
  const publisher = new v1.PublisherClient({ projectId: 'p', fallback: true });
  return [topic.name, typeof publisher.publish, publisher.projectTopicPath('p', 't')];
};

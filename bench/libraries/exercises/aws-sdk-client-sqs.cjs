exports.late = 'checksums, credential providers';
exports.packages = ['@aws-sdk/client-sqs'];
exports.run = async () => {
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  const client = new SQSClient({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:9',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return await client
    .send(new SendMessageCommand({ QueueUrl: 'http://127.0.0.1:9/q', MessageBody: 'x' }))
    .catch((error) => error.code ?? error.name);
};

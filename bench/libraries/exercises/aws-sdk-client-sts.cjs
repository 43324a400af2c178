exports.late = 'credential providers';
exports.packages = ['@aws-sdk/client-sts'];
exports.run = async () => {
  const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
  const client = new STSClient({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:9',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return await client.send(new GetCallerIdentityCommand({})).catch((error) => error.code ?? error.name);
};

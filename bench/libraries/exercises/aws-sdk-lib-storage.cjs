exports.late = 'multipart uploads';
exports.packages = ['@aws-sdk/lib-storage', '@aws-sdk/client-s3'];
exports.run = async () => {
  const { Upload } = require('@aws-sdk/lib-storage');
  const { S3Client } = require('@aws-sdk/client-s3');
  const client = new S3Client({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:9',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return await new Upload({ client, params: { Bucket: 'b', Key: 'k', Body: Buffer.from('x') } })
    .done()
    .catch((error) => error.code ?? error.name);
};

exports.late = 'credential providers';
exports.packages = ['@aws-sdk/client-s3'];
exports.run = async () => {
  const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
  const client = new S3Client({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  return await client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })).catch((error) => error.name);
};

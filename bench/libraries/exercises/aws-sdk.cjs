exports.late = 'APIs in JSON files, by name';
exports.packages = ['aws-sdk'];
exports.run = async () => {
  const AWS = require('aws-sdk');
  const s3 = new AWS.S3({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:9',
    accessKeyId: 'a',
    secretAccessKey: 'b',
    maxRetries: 0,
  });
  return [
    Object.keys(new AWS.EC2({ region: 'eu-west-1' }).api.operations).length > 300,
    s3.api.apiVersion,
    await s3
      .listBuckets()
      .promise()
      .catch((error) => error.code),
  ];
};

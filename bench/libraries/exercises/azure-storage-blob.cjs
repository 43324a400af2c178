exports.late = 'policies of a pipeline';
exports.packages = ['@azure/storage-blob'];
exports.run = async () => {
  const { BlobServiceClient, StorageSharedKeyCredential } = require('@azure/storage-blob');
  const client = new BlobServiceClient('http://127.0.0.1:9/a', new StorageSharedKeyCredential('a', 'a2V5'), {
    retryOptions: { maxTries: 1 },
  });
  return [
    client.getContainerClient('c').getBlobClient('b').url,
    await client.getProperties().catch((error) => error.code),
  ];
};

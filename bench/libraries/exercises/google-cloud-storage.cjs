exports.late = 'a package.json that is read at run time';
exports.packages = ['@google-cloud/storage'];
exports.run = async () => {
  const { Storage } = require('@google-cloud/storage');
  const file = new Storage({ projectId: 'p', apiEndpoint: 'http://127.0.0.1:9', retryOptions: { autoRetry: false } })
    .bucket('b')
    .file('f');
  return [file.publicUrl(), await file.exists().catch((error) => error.code ?? error.name)];
};

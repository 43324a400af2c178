exports.late = 'streams, optional clients';
exports.packages = ['unzipper'];
exports.run = async () => {
  const unzipper = require('unzipper');
  const zip = Buffer.from(
    'UEsDBAoAAAAAAAAAIQCFEUoNAQAAAAEAAAABAAAAYWFQSwECHgMKAAAAAAAAACEAhRFKDQEAAAABAAAAAQAAAAAAAAAAAAAAAAAAAAAAYVBLBQYAAAAAAQABAC8AAAAgAAAAAAA=',
    'base64',
  );
  const directory = await unzipper.Open.buffer(zip).catch((error) => ({ files: [{ path: error.message }] }));
  return directory.files.map(({ path }) => path);
};

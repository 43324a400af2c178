exports.late = 'protos beside the code, `ssh2` with an optional addon';
exports.packages = ['dockerode'];
exports.run = async () => {
  const Docker = require('dockerode');
  const docker = new Docker({ host: '127.0.0.1', port: 9 });
  const session = await new Promise((resolve) =>
    docker.buildImage('nowhere.tar', { version: '2' }, (error) => resolve(error && error.code)),
  );
  return [await docker.ping().catch((error) => error.code), session, typeof require('dockerode/lib/session')];
};

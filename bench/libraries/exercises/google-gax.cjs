exports.late = 'protos beside the code, found through imports';
exports.packages = ['google-gax'];
exports.run = async () => {
  const gax = require('google-gax');
  require('node:fs').writeFileSync(
    'x.proto',
    'syntax = "proto3"; package x; import "google/api/annotations.proto"; import "google/rpc/status.proto"; message M { google.rpc.Status s = 1; }',
  );
  const { x, google } = new gax.GrpcClient({ auth: {} }).loadProto(process.cwd(), 'x.proto');
  return [Object.keys(x), typeof google.rpc.Status];
};

exports.late = 'well-known protos, found through imports';
exports.packages = ['@grpc/proto-loader'];
exports.run = async () => {
  const { mkdtempSync, writeFileSync } = require('node:fs');
  const { tmpdir } = require('node:os');
  const { join } = require('node:path');
  const { loadSync } = require('@grpc/proto-loader');
  const file = join(mkdtempSync(join(tmpdir(), 'proto-')), 'x.proto');
  writeFileSync(
    file,
    'syntax = "proto3"; import "google/protobuf/timestamp.proto"; import "google/protobuf/struct.proto"; package x; message M { google.protobuf.Timestamp at = 1; google.protobuf.Struct s = 2; } service S { rpc Get(M) returns (M); }',
  );
  const definition = loadSync(file, { keepCase: true });
  return [
    Object.keys(definition).sort(),
    definition['x.S'].Get.requestSerialize({ at: { seconds: 5 } }).toString('hex'),
  ];
};

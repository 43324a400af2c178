exports.late = 'descriptors that are parsed at run time, optional `long`';
exports.packages = ['protobufjs'];
exports.run = async () => {
  const protobuf = require('protobufjs');
  const { root } = protobuf.parse('syntax = "proto3"; message M { uint64 a = 1; google.protobuf.Timestamp t = 2; }');
  root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto').nested);
  const M = root.lookupType('M');
  return [
    Buffer.from(M.encode({ a: 5, t: { seconds: 1 } }).finish()).toString('hex'),
    M.toObject(M.decode(Buffer.from('0805', 'hex')), { longs: String }),
  ];
};

exports.late = 'well-known types';
exports.packages = ['@bufbuild/protobuf'];
exports.run = async () => {
  const { create, toBinary, toJson } = require('@bufbuild/protobuf');
  const { TimestampSchema } = require('@bufbuild/protobuf/wkt');
  const stamp = create(TimestampSchema, { seconds: 5n });
  return [Buffer.from(toBinary(TimestampSchema, stamp)).toString('hex'), toJson(TimestampSchema, stamp)];
};

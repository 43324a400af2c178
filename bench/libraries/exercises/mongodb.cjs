exports.late = 'optional parts that need not be installed';
exports.packages = ['mongodb'];
exports.run = async () => {
  const { MongoClient, ObjectId } = require('mongodb');
  const client = new MongoClient('mongodb://127.0.0.1:9', { serverSelectionTimeoutMS: 50 });
  return [new ObjectId('0123456789abcdef01234567').toHexString(), await client.connect().catch((error) => error.name)];
};

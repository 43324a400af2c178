exports.late = 'hashes';
exports.packages = ['@smithy/signature-v4'];
exports.run = async () => {
  const { SignatureV4 } = require('@smithy/signature-v4');
  const { createHash, createHmac } = require('node:crypto');
  class Sha256 {
    constructor(secret) {
      this.hash = secret ? createHmac('sha256', Buffer.from(secret)) : createHash('sha256');
    }
    update(data) {
      this.hash.update(Buffer.from(data));
    }
    async digest() {
      return new Uint8Array(this.hash.digest());
    }
  }
  const signer = new SignatureV4({
    service: 's3',
    region: 'eu-west-1',
    sha256: Sha256,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return (
    await signer.sign(
      { method: 'GET', hostname: 'x', path: '/', headers: { host: 'x' }, protocol: 'https:' },
      { signingDate: new Date(0) },
    )
  ).headers.authorization;
};

exports.late = 'modules that add themselves';
exports.packages = ['node-forge'];
exports.run = async () => {
  const forge = require('node-forge');
  return [
    forge.md.sha256.create().update('a').digest().toHex(),
    forge.pki.oids.sha256,
    typeof forge.pkcs12.toPkcs12Asn1,
  ];
};

exports.late = 'providers that are imported when they are asked';
exports.packages = ['@aws-sdk/credential-providers'];
exports.run = async () => {
  const { fromIni, fromNodeProviderChain, fromSSO, fromProcess } = require('@aws-sdk/credential-providers');
  const { writeFileSync, chmodSync } = require('node:fs');
  writeFileSync(
    'c',
    '[default]\nregion=eu-west-1\n[p]\naws_access_key_id=A\naws_secret_access_key=B\n[q]\ncredential_process=printf \'{"Version":1,"AccessKeyId":"C","SecretAccessKey":"D"}\'\n',
  );
  chmodSync('c', 0o600);
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.AWS_CONFIG_FILE = 'c';
  const options = { filepath: 'c', configFilepath: 'c' };
  const key = ({ accessKeyId }) => accessKeyId;
  const name = (error) => error.name;
  return await Promise.all([
    fromIni({ ...options, profile: 'p' })().then(key, name),
    fromProcess({ ...options, profile: 'q' })().then(key, name),
    fromSSO({ ...options, profile: 'p' })().then(key, name),
    fromNodeProviderChain({ ...options, profile: 'nope' })().then(key, name),
  ]);
};

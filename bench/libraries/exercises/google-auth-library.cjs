exports.late = 'clients by kind of credentials';
exports.packages = ['google-auth-library'];
exports.run = async () => {
  const { GoogleAuth, JWT } = require('google-auth-library');
  process.env.GOOGLE_CLOUD_PROJECT = 'p';
  const client = new GoogleAuth().fromJSON({
    type: 'authorized_user',
    client_id: 'a',
    client_secret: 'b',
    refresh_token: 'c',
  });
  return [client.constructor.name, new JWT({ email: 'x' }).email, await new GoogleAuth().getProjectId()];
};

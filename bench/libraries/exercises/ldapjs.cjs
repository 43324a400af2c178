exports.late = 'messages by type';
exports.packages = ['ldapjs'];
exports.run = async () => {
  const ldap = require('ldapjs');
  const client = ldap.createClient({ url: 'ldap://127.0.0.1:9' });
  const code = await new Promise((resolve) =>
    client.on('error', (error) => resolve(error.code)).on('connectError', (error) => resolve(error.code)),
  );
  return [ldap.parseFilter('(&(a=b)(c=*))').toString(), code];
};

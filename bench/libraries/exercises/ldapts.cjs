exports.late = 'messages by type';
exports.packages = ['ldapts'];
exports.run = async () => {
  const { Client } = await import('ldapts');
  return await new Client({ url: 'ldap://127.0.0.1:9' }).bind('cn=a', 'b').catch((error) => error.code);
};

exports.late = 'state stores by name';
exports.packages = ['passport-oauth2'];
exports.run = async () => {
  const { Strategy, InternalOAuthError } = require('passport-oauth2');
  const strategy = new Strategy(
    {
      authorizationURL: 'http://x/a',
      tokenURL: 'http://x/t',
      clientID: 'a',
      clientSecret: 'b',
      state: true,
      pkce: true,
      sessionKey: 'k',
    },
    () => {},
  );
  return [strategy.name, typeof InternalOAuthError];
};

exports.late = 'strategies';
exports.packages = ['passport', 'passport-github2', 'passport-google-oauth20'];
exports.run = async () => {
  const passport = require('passport');
  const { Strategy } = require('passport-github2');
  const Google = require('passport-google-oauth20').Strategy;
  const instance = new passport.Passport();
  instance.use(new Strategy({ clientID: 'a', clientSecret: 'b', callbackURL: 'http://x' }, () => {}));
  instance.use(new Google({ clientID: 'a', clientSecret: 'b', callbackURL: 'http://x' }, () => {}));
  const redirect = (name) =>
    new Promise((resolve) =>
      instance.authenticate(name, { session: false })(
        { query: {}, headers: {} },
        { setHeader: (header, value) => header === 'Location' && resolve(value.split('?')[0]), end() {} },
        resolve,
      ),
    );
  return [await redirect('github'), await redirect('google')];
};

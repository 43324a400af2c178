exports.late = 'models and adapters from files, expressions compiled at run time';
exports.packages = ['casbin'];
exports.run = async () => {
  const { newEnforcer } = require('casbin');
  const { writeFileSync } = require('node:fs');
  writeFileSync(
    'm.conf',
    '[request_definition]\nr = sub, obj\n[policy_definition]\np = sub, obj\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = r.sub == p.sub && keyMatch(r.obj, p.obj)',
  );
  writeFileSync('p.csv', 'p, a, /x/*');
  const enforcer = await newEnforcer('m.conf', 'p.csv');
  return [await enforcer.enforce('a', '/x/y'), await enforcer.enforce('b', '/x/y')];
};

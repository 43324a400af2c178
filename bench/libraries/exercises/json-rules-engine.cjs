exports.late = 'operators by name';
exports.packages = ['json-rules-engine'];
exports.run = async () => {
  const { Engine } = require('json-rules-engine');
  const engine = new Engine([
    { conditions: { all: [{ fact: 'a', operator: 'greaterThan', value: 1, path: '$.b' }] }, event: { type: 'e' } },
  ]);
  return (await engine.run({ a: { b: 2 } })).events;
};

import { codes, thrownHint } from '@stagedoor/bundle';
import { expect, test } from 'vitest';

test.each([
  [
    new Error("Missing required config value at 'jenkins.apiKey' in 'app-config.yaml'"),
    /^Set jenkins\.apiKey in app-config/,
  ],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), /the service runs/],
  [new Error('Failed to start', { cause: new TypeError('x is not a function') }), /The code of the plugin threw it/],
  [new SyntaxError("Unexpected token ':'"), /cannot read/],
  [Object.assign(new Error('open /data/rows'), { code: 'EACCES' }), /the right to that file/],
])('The hint for %s goes by its cause', (error, hint) => {
  expect(thrownHint(error)).toMatch(hint);
  expect(thrownHint(error)).not.toBe(codes.INIT_FAILED.hint);
});

test('No hint is given for an error of the plugin itself, nor for what is no error, nor for causes without an end', () => {
  expect(thrownHint(new Error('Only on Mondays'))).toBeUndefined();
  expect(thrownHint('nothing')).toBeUndefined();
  const error: Error = new Error('round');
  error.cause = error;
  expect(thrownHint(error)).toBeUndefined();
});

import { StagedoorError, holdsCredentials, redactAddress, redactAddresses, redactData } from '@stagedoor/bundle';
import { expect, test } from 'vitest';

test.each([
  ['https://user:secret@host/x.tgz', 'https://***@host/x.tgz'],
  ['https://secret@host:8443/x.tgz', 'https://***@host:8443/x.tgz'],
  ['https://us@er:sec@ret@host/x.tgz', 'https://***@host/x.tgz'],
  ['https://host/x.tgz?X-Amz-Signature=secret&v=1', 'https://host/x.tgz?X-Amz-Signature=***&v=***'],
  ['https://host/x.tgz?secret', 'https://host/x.tgz?***'],
  ['https://user:sec/ret@host/x.tgz', 'https://***'],
  ['http://user:sec ret@[broken/x.tgz', 'http://***'],
  ['git+https://user:secret@host/x.git#v1', 'git+https://***@host/x.git#v1'],
  ['oci://user:secret@host/acme/x:1', 'oci://***@host/acme/x:1'],
  ['@acme/x@https://user:secret@host/x.tgz', '@acme/x@https://***@host/x.tgz'],
])('the address %s is shown without its secrets', (address, shown) => {
  expect(redactAddress(address)).toBe(shown);
  expect(redactAddress(shown)).toBe(shown);
});

test('what holds no secrets stays as it is', () => {
  for (const text of [
    '@acme/x-dynamic@^1.0.0',
    './folder/x.tgz',
    'oci://host:5000/acme/x@sha256:0123!folder',
    'https://host/path/@scope/x.tgz#readme',
    'https://host/x.tgz?',
  ]) {
    expect(redactAddress(text)).toBe(text.replace(/\?$/, ''));
    expect(holdsCredentials(text)).toBe(false);
  }
});

test('addresses in a text and in data are redacted wherever they stand', () => {
  expect(redactAddresses('GET https://a:secret@h/x?t=secret, then "http://h/?s=secret": 404')).toBe(
    'GET https://***@h/x?t=***, then "http://h/?s=***": 404',
  );
  const data = { list: ['https://a:secret@h/'], inner: { text: 'see https://h/?t=secret' }, count: 1, none: null };
  expect(redactData(data)).toEqual({
    list: ['https://***@h/'],
    inner: { text: 'see https://h/?t=***' },
    count: 1,
    none: null,
  });
});

test('every coded error is redacted in its message, hint and details', () => {
  const address = 'https://user:secret@host/x?token=secret';
  const error = new StagedoorError('DOWNLOAD_FAILED', `${address}: gone.`, { hint: address, details: { address } });
  expect(JSON.stringify(error)).not.toContain('secret');
  expect(error.stack).not.toContain('secret');
  expect(error.message).toBe('https://***@host/x?token=***: gone.');
});

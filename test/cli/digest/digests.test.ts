import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOfBytes, digestOfFile, isDigest } from '../../../cli/src/digest/digests';
import { fallbackOf } from '../../../cli/src/oci/fallback';
import { parseReference } from '../../../cli/src/oci/reference';
import { tempDir } from '../../support/tempDir';

describe('A digest', () => {
  test.each(['sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512'])('may be of %s', async (algorithm) => {
    const digest = `${algorithm}:${createHash(algorithm).update('x').digest('hex')}`;
    expect(isDigest(digest)).toBe(true);
    expect(digestOfBytes('x', algorithm)).toBe(digest);
    const file = join(await tempDir(), 'file');
    await writeFile(file, 'x');
    expect(await digestOfFile(file, algorithm)).toBe(digest);
    expect(parseReference(`oci://host/name@${digest}!p`)).toMatchObject({ digest, path: 'p' });
  });

  test.each([
    ['md5', `md5:${'0'.repeat(32)}`],
    ['sha1', `sha1:${'0'.repeat(40)}`],
    ['an algorithm that Node does not have', `blake3:${'0'.repeat(64)}`],
    ['a part of one', `sha512:${'0'.repeat(64)}`],
    ['capitals', `sha256:${'A'.repeat(64)}`],
    ['a path', 'sha256:../../etc'],
  ])('is not one of %s', (_, digest) => {
    expect(isDigest(digest)).toBe(false);
    expect(() => parseReference(`oci://host/name@${digest}`)).toThrow(
      expect.objectContaining({ code: 'OCI_REFERENCE_INVALID' }),
    );
  });
});

test("Images of Red Hat's registry have another place at Quay, and others have none", () => {
  const other = fallbackOf(parseReference('oci://registry.access.redhat.com/rhdh/some/plugin:1.2!p'));
  expect(other).toEqual({ host: 'quay.io', repository: 'rhdh/some/plugin', tag: '1.2', path: 'p' });
  for (const text of [
    'oci://registry.access.redhat.com/rhdhx/a:1',
    'oci://quay.io/rhdh/a:1',
    'oci://registry.access.redhat.com/ubi9/a:1',
  ]) {
    expect(fallbackOf(parseReference(text))).toBeUndefined();
  }
});

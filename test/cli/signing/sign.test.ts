import { MANIFEST_FILE, SIGNATURE_FILE } from '@stagedoor/bundle';
import { appendFile, chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { promptHidden, type Terminal } from '../../../cli/src/signing/promptHidden';
import { readPassphrase } from '../../../cli/src/signing/passphrase';
import { dropArchive, fixtureBundle } from '../../support/bundles';
import { runStagedoor } from '../../support/commandLine';
import { tempDir } from '../../support/tempDir';
import { runUnprivileged } from '../../support/unprivileged';
import { bin, filesOf, type Run } from '../export/exportSupport';

/** Runs `stagedoor … --json` with a passphrase in the environment, or none. */
async function run(cwd: string, args: string[], passphrase?: string): Promise<Run & { json: Record<string, unknown> }> {
  const env = { STAGEDOOR_KEY_PASSPHRASE: passphrase };
  const ran = await runStagedoor([...args, '--json'], { cwd, env });
  return { ...ran, json: JSON.parse(ran.stdout) as Record<string, unknown> };
}

/** A folder with the bundle `greeter-1.0.0` and the key pairs that were named. */
async function workplace(...keys: string[]): Promise<string> {
  const dir = await tempDir();
  await fixtureBundle(dir, 'greeter');
  for (const out of keys) await run(dir, ['keygen', '--out', out, '--unencrypted']);
  return dir;
}

const BUNDLE = 'greeter-1.0.0';
const failure = (code: string): object => ({ code: 1, json: { error: { code } } });

describe('stagedoor keygen', () => {
  test('writes an encrypted private key that only its owner can read, and a public key', async () => {
    const dir = await tempDir();
    const { code, json, stderr } = await run(dir, ['keygen', '--out', 'mine.pem'], 'correct horse');
    expect(code).toBe(0);
    expect(json).toMatchObject({ encrypted: true, privateKey: join(dir, 'mine.pem') });
    expect((await stat(join(dir, 'mine.pem'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dir, 'mine.pem'), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(await readFile(join(dir, 'mine.pub.pem'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(stderr).toContain(`key ${json.keyId as string}`);
  });

  test.each(['mine.pem', 'mine.pub.pem'])('does not overwrite %s, and writes nothing else', async (name) => {
    const dir = await tempDir();
    await writeFile(join(dir, name), 'precious');
    expect(await run(dir, ['keygen', '--out', 'mine'], 'x')).toMatchObject(failure('KEY_EXISTS'));
    expect(await filesOf(dir)).toEqual([name]);
    expect(await readFile(join(dir, name), 'utf8')).toBe('precious');
  });

  test('says where a passphrase can come from when there is no terminal to ask on', async () => {
    const dir = await tempDir();
    const { code, stderr } = await run(dir, ['keygen']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error PASSPHRASE_MISSING: .*no terminal/);
    expect(stderr).toMatch(/hint: .*--passphrase-file.*STAGEDOOR_KEY_PASSPHRASE/);
    expect(await filesOf(dir)).toEqual([]);
  });

  test.each([
    ['an empty variable', [], ''],
    ['an empty file', ['--passphrase-file', 'empty'], 'unused'],
    ['a file that is not there', ['--passphrase-file', 'absent'], 'unused'],
  ])('does not take %s for a passphrase', async (_, args, passphrase) => {
    const dir = await tempDir();
    await writeFile(join(dir, 'empty'), '\n');
    expect(await run(dir, ['keygen', ...args], passphrase)).toMatchObject(failure('PASSPHRASE_MISSING'));
    expect(await filesOf(dir)).toEqual(['empty']);
  });

  test('reports a folder that is not there', async () => {
    const result = await run(await tempDir(), ['keygen', '--out', 'absent/mine', '--unencrypted']);
    expect(result).toMatchObject(failure('OUTPUT_UNWRITABLE'));
  });

  test('takes no passphrase as an argument, and no option twice', async () => {
    const dir = await tempDir();
    expect(await run(dir, ['keygen', '--passphrase', 'secret'])).toMatchObject(failure('USAGE'));
    expect(await run(dir, ['keygen', '--out', 'a', '--out', 'b', '--unencrypted'])).toMatchObject(failure('USAGE'));
    expect(await filesOf(dir)).toEqual([]);
  });
});

describe('stagedoor sign', () => {
  test('signs a folder with an encrypted key, its passphrase from the environment or a file', async () => {
    const dir = await workplace();
    const { keyId } = (await run(dir, ['keygen', '--out', 'mine'], 'correct horse')).json;
    const manifest = await readFile(join(dir, BUNDLE, MANIFEST_FILE));
    const signed = await run(dir, ['sign', BUNDLE, '--key', 'mine.pem'], 'correct horse');
    expect(signed).toMatchObject({ code: 0, json: { name: 'greeter-dynamic', keyId, signatures: [keyId] } });
    const signature = await readFile(join(dir, BUNDLE, SIGNATURE_FILE));
    await writeFile(join(dir, 'passphrase'), 'correct horse\n');
    const again = await run(dir, ['sign', BUNDLE, '--key', 'mine.pem', '--passphrase-file', 'passphrase']);
    expect(again.code).toBe(0);
    expect(await readFile(join(dir, BUNDLE, SIGNATURE_FILE))).toEqual(signature);
    expect(await readFile(join(dir, BUNDLE, MANIFEST_FILE))).toEqual(manifest);
    expect(await run(dir, ['verify', BUNDLE, '--key', 'mine.pub.pem'])).toMatchObject({ code: 0 });
  });

  test('refuses a wrong passphrase, and leaves the bundle as it was', async () => {
    const dir = await workplace();
    await run(dir, ['keygen', '--out', 'mine'], 'correct horse');
    const before = await filesOf(join(dir, BUNDLE));
    const result = await run(dir, ['sign', BUNDLE, '--key', 'mine.pem'], 'wrong');
    expect(result).toMatchObject(failure('PASSPHRASE_WRONG'));
    expect(await filesOf(join(dir, BUNDLE))).toEqual(before);
  });

  test('signs an archive in its place: the same files, and the signature', async () => {
    const dir = await workplace('mine');
    await dropArchive(join(dir, BUNDLE), dir, 'bundle.tgz');
    const { json } = await run(dir, ['sign', 'bundle.tgz', '--key', 'mine.pem']);
    expect(json.integrity).toMatch(/^sha512-/);
    const verified = await run(dir, ['verify', 'bundle.tgz', '--key', 'mine.pub.pem']);
    expect(verified).toMatchObject({ code: 0, json: { digest: json.digest, signedBy: [json.keyId] } });
    // The archive of the signed folder is the same file.
    await run(dir, ['sign', BUNDLE, '--key', 'mine.pem']);
    await dropArchive(join(dir, BUNDLE), dir, 'again.tgz');
    expect(await readFile(join(dir, 'again.tgz'))).toEqual(await readFile(join(dir, 'bundle.tgz')));
    expect((await filesOf(dir)).filter((file) => file.includes('tmp'))).toEqual([]);
  });

  test('keeps the signatures of others', async () => {
    const dir = await workplace('one', 'two');
    await run(dir, ['sign', BUNDLE, '--key', 'one.pem']);
    const { json } = await run(dir, ['sign', BUNDLE, '--key', 'two.pem']);
    expect(json.signatures).toHaveLength(2);
    for (const key of ['one', 'two']) {
      expect((await run(dir, ['verify', BUNDLE, '--key', `${key}.pub.pem`])).code).toBe(0);
    }
  });

  test.each([
    ['a bundle that was changed', ['sign', BUNDLE, '--key', 'mine.pem'], 'DIGEST_MISMATCH'],
    ['with a public key', ['sign', BUNDLE, '--key', 'mine.pub.pem'], 'KEY_INVALID'],
    ['with a key that is not there', ['sign', BUNDLE, '--key', 'absent.pem'], 'KEY_INVALID'],
    ['what is not there', ['sign', 'absent', '--key', 'mine.pem'], 'BUNDLE_NOT_FOUND'],
    ['what has no manifest', ['sign', '.', '--key', 'mine.pem'], 'MANIFEST_MISSING'],
    ['what is no archive', ['sign', 'mine.pem', '--key', 'mine.pem'], 'ARCHIVE_INVALID'],
    ['what lies at an address', ['sign', 'https://example.com/x.tgz', '--key', 'mine.pem'], 'USAGE'],
    ['without a key', ['sign', BUNDLE], 'USAGE'],
  ])('does not sign %s', async (_, args, code) => {
    const dir = await workplace('mine');
    await appendFile(join(dir, BUNDLE, 'package.json'), ' ');
    expect(await run(dir, args)).toMatchObject(failure(code));
  });

  test('reports an archive that cannot be replaced', async () => {
    const dir = await workplace('mine');
    const place = join(dir, 'place');
    await mkdir(place);
    await dropArchive(join(dir, BUNDLE), place, 'bundle.tgz');
    await chmod(place, 0o555);
    const args = [bin, 'sign', 'place/bundle.tgz', '--key', 'mine.pem', '--json'];
    const ran = await runUnprivileged(process.execPath, args, { cwd: dir });
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'OUTPUT_UNWRITABLE' } });
    await chmod(place, 0o755);
  });
});

describe('stagedoor verify', () => {
  test('says that the files are those of the manifest, and that nobody signed', async () => {
    const dir = await workplace();
    const { code, json, stderr } = await run(dir, ['verify', BUNDLE]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ name: 'greeter-dynamic', version: '1.0.0', unchecked: [] });
    expect(json).not.toHaveProperty('signedBy');
    expect(stderr).toContain('not signed');
  });

  test('does not pass a signature as checked when no key is given', async () => {
    const dir = await workplace('mine');
    const { keyId } = (await run(dir, ['sign', BUNDLE, '--key', 'mine.pem'])).json;
    const { json, stderr } = await run(dir, ['verify', BUNDLE]);
    expect(json).toMatchObject({ unchecked: [keyId] });
    expect(json).not.toHaveProperty('signedBy');
    expect(stderr).toContain('pass --key');
  });

  test('is content with one trusted signer of several, and with several trusted keys', async () => {
    const dir = await workplace('one', 'two', 'three');
    const { keyId } = (await run(dir, ['sign', BUNDLE, '--key', 'one.pem'])).json;
    const { json } = await run(dir, ['verify', BUNDLE, '--key', 'three.pub.pem', '--key', 'one.pub.pem']);
    expect(json).toMatchObject({ signedBy: [keyId], unchecked: [] });
  });

  test.each<[string, (bundle: string) => Promise<void>, string]>([
    ['a changed file', (bundle) => appendFile(join(bundle, 'package.json'), ' '), 'package.json differs'],
    ['an additional file', (bundle) => writeFile(join(bundle, 'extra.js'), ''), 'extra.js is not listed'],
    ['a missing file', (bundle) => rm(join(bundle, 'package.json')), 'package.json is missing'],
  ])('names %s, signed or not', async (_, damage, message) => {
    const dir = await workplace('mine');
    await run(dir, ['sign', BUNDLE, '--key', 'mine.pem']);
    await damage(join(dir, BUNDLE));
    for (const args of [[], ['--key', 'mine.pub.pem']]) {
      const { code, json, stderr } = await run(dir, ['verify', BUNDLE, ...args]);
      expect({ code, json }).toMatchObject({
        code: 1,
        json: { error: { code: 'DIGEST_MISMATCH', details: { faults: [message] } } },
      });
      expect(stderr).toContain(message);
    }
  });

  test('refuses a link in a bundle folder', async () => {
    const dir = await workplace();
    await symlink('/etc/hostname', join(dir, BUNDLE, 'link'));
    expect(await run(dir, ['verify', BUNDLE])).toMatchObject(failure('ARCHIVE_UNSAFE'));
  });

  test('refuses a bundle without a signature, with one of a stranger, and with a broken one', async () => {
    const dir = await workplace('mine', 'stranger');
    const verify = ['verify', BUNDLE, '--key', 'mine.pub.pem'];
    expect(await run(dir, verify)).toMatchObject(failure('SIGNATURE_MISSING'));
    await run(dir, ['sign', BUNDLE, '--key', 'stranger.pem']);
    expect(await run(dir, verify)).toMatchObject(failure('SIGNATURE_UNTRUSTED'));
    await writeFile(join(dir, BUNDLE, SIGNATURE_FILE), '{}');
    expect(await run(dir, verify)).toMatchObject(failure('SIGNATURE_INVALID'));
    expect(await run(dir, ['verify', BUNDLE])).toMatchObject(failure('SIGNATURE_INVALID'));
  });
});

describe('A passphrase typed on a terminal', () => {
  /** A terminal on which `lines` are typed, one per question. */
  function typing(...lines: string[]): Terminal & { shown(): string; raw: boolean[] } {
    const input = new PassThrough();
    const raw: boolean[] = [];
    let shown = '';
    const write = (text: string): void => {
      shown += text;
      if (text.endsWith(': ')) setImmediate(() => input.write(lines.shift() ?? ''));
    };
    const setRawMode = (mode: boolean): void => void raw.push(mode);
    return {
      input: Object.assign(input, { setRawMode }) as unknown as NodeJS.ReadStream,
      output: { write },
      shown: () => shown,
      raw,
    };
  }

  const never = new AbortController().signal;

  test('is not shown, may be corrected, and the terminal is put back', async () => {
    const terminal = typing('häsx\u007f\u007fse\r');
    expect(await promptHidden(terminal, 'Passphrase: ', never)).toBe('häse');
    expect(terminal.shown()).toBe('Passphrase: \n');
    expect(terminal.raw).toEqual([true, false]);
  });

  test('ends with Ctrl-C or a signal, the terminal put back', async () => {
    const terminal = typing('abc\u0003');
    await expect(promptHidden(terminal, 'Passphrase: ', never)).rejects.toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    const silent = typing('');
    const asked = promptHidden(silent, 'Passphrase: ', controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect([terminal.raw, silent.raw]).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  test('is asked for twice where a key is made, and must be the same', async () => {
    const source = { cwd: '/', env: {}, signal: never };
    const same = typing('horse\r', 'horse\r');
    expect(await readPassphrase({ ...source, terminal: same }, 'mine.pem', true)).toBe('horse');
    expect(same.shown()).toBe('Passphrase for mine.pem: \nRepeat the passphrase: \n');
    await expect(readPassphrase({ ...source, terminal: typing('a\r', 'b\r') }, 'k', true)).rejects.toMatchObject({
      code: 'PASSPHRASE_WRONG',
    });
    await expect(readPassphrase({ ...source, terminal: typing('\r') }, 'k', true)).rejects.toMatchObject({
      code: 'PASSPHRASE_MISSING',
    });
  });
});

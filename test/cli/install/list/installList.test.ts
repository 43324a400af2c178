import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPluginList, type PluginList } from '../../../../cli/src/install/list/readPluginList';
import { tempDir } from '../../../support/tempDir';
import { INTEGRITY } from '../installSupport';

/** Reads a list; `files` are what lies beside it. Text is written as it is, anything else as JSON. */
async function read(main: unknown, files: Record<string, unknown> = {}): Promise<PluginList> {
  const dir = await tempDir();
  for (const [name, content] of Object.entries({ ...files, 'dynamic-plugins.yaml': main })) {
    await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return await readPluginList(join(dir, 'dynamic-plugins.yaml'));
}

const packagesOf = async (main: object, included?: object[]): Promise<string[]> => {
  const files = included && { 'base.yaml': { plugins: included } };
  const { plugins } = await read({ ...(included && { includes: ['base.yaml'] }), ...main }, files);
  return plugins.map(({ package: text }) => text);
};
const error = (code: string, message: RegExp): object => ({ code, message: expect.stringMatching(message) as unknown });

describe('Which entries count', () => {
  test('installs what is enabled, what is not disabled, and what says neither; enabled wins', async () => {
    const plugins = [
      { package: './neither' },
      { package: './enabled', enabled: true },
      { package: './disabled', disabled: true },
      { package: './not-enabled', enabled: false },
      { package: './both', enabled: true, disabled: true },
      { package: './empty', enabled: null, disabled: null },
    ];
    expect(await packagesOf({ plugins })).toEqual(['./neither', './enabled', './both', './empty']);
    expect((await read({ plugins })).disabled).toEqual(['./disabled', './not-enabled']);
  });

  test('lays the main file over included entries of the same key, field by field', async () => {
    const included = [
      { package: '@acme/a@1.0.0', integrity: INTEGRITY, disabled: true, pluginConfig: { a: 1, b: 1 } },
      { package: 'b@1', integrity: INTEGRITY, enabled: true },
    ];
    const main = [
      { package: '@acme/a@2.0.0', enabled: true, pluginConfig: { a: 2 } },
      { package: 'b@1', disabled: true },
    ];
    const { plugins, disabled } = await read(
      { includes: ['base.yaml'], plugins: main },
      { 'base.yaml': { plugins: included } },
    );
    expect(plugins).toMatchObject([{ package: '@acme/a@2.0.0', integrity: INTEGRITY, pluginConfig: { a: 2 } }]);
    expect(plugins[0]!.pluginConfig).not.toHaveProperty('b');
    expect(disabled).toEqual(['b@1']);
  });

  test.each([
    ['npm packages by name', '@acme/a@1', '@acme/a@^2', true],
    ['npm packages with the npm: prefix', 'npm:a@1', 'a@2', true],
    ['aliases of npm packages', 'a@npm:b@1', 'a@npm:b@2', true],
    ['images with their path', 'oci://host:5000/i:1!p', 'oci://host:5000/i@sha256:00!p', true],
    ['an image without a path as the one plugin of it', 'oci://host/i:1', 'oci://host/i:2!p', true],
    ['other paths of an image as others', 'oci://host/i:1!p', 'oci://host/i:1!q', false],
    ['archives by address', 'https://a.test/x-1.tgz', 'https://a.test/x-2.tgz', false],
    ['folders by path', './a', './a/', true],
    ['other names as others', '@acme/a@1', 'a@1', false],
  ])('knows %s', async (_, one, other, same) => {
    const packages = await packagesOf({ plugins: [{ package: other, integrity: INTEGRITY }] }, [
      { package: one, integrity: INTEGRITY },
    ]);
    expect(packages).toEqual(same ? [other] : [one, other]);
  });

  test.each(['main', 'included'])('refuses a key that is enabled twice in the %s file', async (level) => {
    const plugins = [{ package: './a' }, { package: './a', enabled: true }];
    const reading = level === 'main' ? packagesOf({ plugins }) : packagesOf({ plugins: [] }, plugins);
    await expect(reading).rejects.toMatchObject(error('PLUGIN_LISTED_TWICE', /yaml:1 and .*yaml:1: \.\/a$/));
  });

  test.each([
    [
      'the first',
      [
        { package: './a', pullPolicy: 'Always' },
        { package: './a/', disabled: true },
      ],
      2,
    ],
    [
      'the last',
      [
        { package: './a', disabled: true },
        { package: './a/', pullPolicy: 'Always' },
      ],
      1,
    ],
  ])('takes %s of two entries of one key if it alone is enabled, and warns', async (_, plugins, loser) => {
    const list = await read(`plugins:\n${plugins.map((one) => `  - ${JSON.stringify(one)}`).join('\n')}`);
    expect(list.plugins).toMatchObject([{ pullPolicy: 'Always' }]);
    expect(list.warnings).toEqual([expect.stringContaining(`yaml:${loser + 1}: ./a`)]);
    expect(list.warnings[0]).toContain('this entry is disabled and left out');
  });

  test('warns of duplicates that are disabled, whichever file disables them', async () => {
    const twice = [{ package: 'oci://h/i:1!p' }, { package: 'oci://h/i:2!p' }];
    const disabled = { package: 'oci://h/i:1!p', disabled: true };
    const { plugins, warnings } = await read(
      { includes: ['base.yaml'], plugins: [disabled, disabled] },
      { 'base.yaml': { plugins: twice } },
    );
    expect(plugins).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^dynamic-plugins\.yaml:1: oci:\/\/h\/i:1!p is listed at dynamic-plugins\.yaml:1 too/),
      expect.stringMatching(/^base\.yaml:1 and base\.yaml:1: oci:\/\/h\/i:2!p is listed twice; it is disabled/),
    ]);
  });

  test.each([
    ['a reference that means nothing', { package: 'oci://h/gone:{{inherit}}' }, 'matches no included entry'],
    ['a reference that means two', { package: 'ref://two' }, 'matches 2 included entries'],
    ['a malformed image', { package: 'oci://not valid' }, 'is not oci://host/name'],
    ['integrity of another form', { package: 'a@1', integrity: 'md5-abc' }, 'must be sha256'],
    ['pluginConfig that is a list', { package: './a', pluginConfig: [] }, 'expected record'],
    ['no package', { pullPolicy: 'Sometimes' }, 'expected string'],
    ['a password', { package: 'https://user:secret@h.test/a.tgz' }, 'contains a user name or password'],
    ['no integrity', { package: 'a@1' }, ''],
  ])('does not fail for a disabled entry with %s', async (_, entry, warning) => {
    const included = [{ package: 'oci://h/two:1!p' }, { package: 'oci://h/two:2!q' }];
    const { plugins, warnings } = await read(
      { includes: ['base.yaml'], plugins: [{ ...entry, disabled: true }, { package: './kept' }] },
      { 'base.yaml': { plugins: included } },
    );
    expect(plugins.map(({ package: text }) => text)).toContain('./kept');
    expect(warnings.join('\n')).toContain(warning);
    expect(warnings.join('\n')).not.toContain('secret');
    expect(warnings).toHaveLength(warning ? Math.max(1, warnings.length) : 0);
  });

  test('takes a fault of an included entry for an error only while the main file leaves it enabled and as it is', async () => {
    const files = { 'base.yaml': { plugins: [{ package: 'a@1', integrity: 'md5-abc' }] } };
    const includes = ['base.yaml'];
    await expect(read({ includes }, files)).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', /integrity: must be/));
    const off = await read({ includes, plugins: [{ package: 'a@1', disabled: true }] }, files);
    expect(off.warnings).toEqual([expect.stringMatching(/base\.yaml:1 .*must be sha256.*the entry is disabled/)]);
    const mended = await read({ includes, plugins: [{ package: 'a@1', integrity: INTEGRITY }] }, files);
    expect(mended.plugins).toMatchObject([{ integrity: INTEGRITY }]);
  });

  test.each(['a-folder', 'not/there', '@scope/not/there', 'archive.tgz'])('suggests ./ for %s', async (text) => {
    const files = { 'archive.tgz': 'x', 'a-folder': 'x' };
    const fault = read({ plugins: [{ package: text }] }, files);
    await expect(fault).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', new RegExp(`write \\./${text} for`)));
  });

  test('leaves what is enabled and listed with integrity to the registry, though a folder has that name', async () => {
    const { plugins } = await read({ plugins: [{ package: 'a', integrity: INTEGRITY }] }, { a: 'x' });
    expect(plugins).toHaveLength(1);
  });

  test('refuses a key that two included files have', async () => {
    const files = { 'a.yaml': { plugins: [{ package: './a' }] }, 'b.yaml': { plugins: [{ package: './a' }] } };
    const reading = read({ includes: ['a.yaml', 'b.yaml'] }, files);
    await expect(reading).rejects.toMatchObject(error('PLUGIN_LISTED_TWICE', /a\.yaml:1 and b\.yaml:1/));
  });

  test('warns of an included file that is not there, and of includes in included files', async () => {
    const { warnings, plugins } = await read(
      { includes: ['gone.yaml', 'base.yaml'], plugins: [{ package: './a' }] },
      { 'base.yaml': { includes: ['more.yaml'], plugins: [] } },
    );
    expect(plugins).toHaveLength(1);
    expect(warnings).toEqual([
      'dynamic-plugins.yaml:1: gone.yaml does not exist and was left out.',
      'base.yaml: includes of an included file are not followed.',
    ]);
  });

  test('refuses an image without a path of which several plugins are named, unless it is disabled', async () => {
    const paths = [{ package: 'oci://host/i:1!p' }, { package: 'oci://host/i:1!q' }];
    const reading = packagesOf({ plugins: [{ package: 'oci://host/i:1' }, ...paths] });
    await expect(reading).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', /names no plugin.*p, q/));
    const disabled = { package: 'oci://host/i:1', disabled: true };
    expect(await packagesOf({ plugins: [disabled, ...paths] })).toHaveLength(2);
  });

  test('takes what is there by default, but asks about the tag latest', async () => {
    const texts = ['oci://h/a:latest!p', 'oci://h/b:latest', 'oci://h/c:1!p', 'oci://h/latest:1!p'];
    const { plugins } = await read({
      plugins: [
        ...texts.map((text) => ({ package: text })),
        { package: 'oci://h/d:latest', pullPolicy: 'IfNotPresent' },
      ],
    });
    const policies = plugins.map(({ pullPolicy }) => pullPolicy);
    expect(policies).toEqual(['Always', 'Always', 'IfNotPresent', 'IfNotPresent', 'IfNotPresent']);
  });

  test('wants integrity of npm packages and archives, and not of folders and images', async () => {
    const texts = ['@acme/a@1', 'https://a.test/a.tgz', './a', 'oci://host/i:1'];
    const reading = packagesOf({ plugins: texts.map((text) => ({ package: text })) });
    await expect(reading).rejects.toMatchObject(error('INTEGRITY_MISSING', /^.*@acme\/a@1 .*\n.*a\.tgz .*$/));
    const disabled = texts.map((text) => ({ package: text, disabled: true }));
    expect(await packagesOf({ plugins: disabled })).toEqual([]);
  });
});

describe('References to included entries', () => {
  const included = [
    { package: 'oci://host/team/one:1.2!path', disabled: true },
    { package: 'oci://host/team/bare@sha256:00' },
    { package: 'oci://host/team/two:3!p' },
    { package: 'oci://host/team/two:4!q' },
    { package: 'oci://other/place/twice:1' },
    { package: 'oci://host/team/twice:1' },
    { package: 'npm-package@1', integrity: INTEGRITY, disabled: true },
  ];
  const resolved = async (text: string): Promise<string | undefined> => {
    const { plugins } = await read(
      { includes: ['base.yaml'], plugins: [{ package: text, enabled: true, pullPolicy: 'Always' }] },
      { 'base.yaml': { plugins: included } },
    );
    return plugins.find(({ pullPolicy }) => pullPolicy === 'Always')?.package;
  };

  test.each([
    ['oci://host/team/one:{{inherit}}!path', 'oci://host/team/one:1.2!path'],
    ['oci://host/team/one:{{inherit}}', 'oci://host/team/one:1.2!path'],
    ['oci://host/team/bare:{{inherit}}', 'oci://host/team/bare@sha256:00'],
    ['oci://host/team/bare:{{inherit}}!path', 'oci://host/team/bare@sha256:00!path'],
    ['oci://host/team/two:{{inherit}}!q', 'oci://host/team/two:4!q'],
    ['oci://elsewhere:5000/x/y/one:{{inherit}}', 'oci://host/team/one:1.2!path'],
    ['oci://elsewhere/two:{{inherit}}!q', 'oci://host/team/two:4!q'],
    ['oci://elsewhere/one:{{inherit}}!new', 'oci://host/team/one:1.2!new'],
    ['oci://host/team/one:{{inherit}}!other', 'oci://host/team/one:1.2!other'],
    ['oci://other/place/twice:{{inherit}}', 'oci://other/place/twice:1'],
    ['ref://one', 'oci://host/team/one:1.2!path'],
    ['ref://bare', 'oci://host/team/bare@sha256:00'],
  ])('%s is %s', async (text, package_) => {
    expect(await resolved(text)).toBe(package_);
  });

  test.each([
    ['oci://host/team/gone:{{inherit}}', 'no included entry'],
    ['oci://elsewhere/twice:{{inherit}}', '2 included entries:\n  base.yaml:1: oci://other/place/twice:1'],
    ['oci://elsewhere/two:{{inherit}}!new', '2 included entries'],
    ['oci://host/team/two:{{inherit}}', '2 included entries'],
    ['ref://gone', 'no included entry'],
    ['ref://', 'no included entry'],
    ['ref://two', '2 included entries'],
    ['ref://twice', '2 included entries'],
    ['ref://npm-package', 'no included entry'],
  ])('%s matches %s', async (text, what) => {
    await expect(resolved(text)).rejects.toMatchObject({
      code: 'PLUGIN_REFERENCE_UNRESOLVED',
      message: expect.stringContaining(`${text} matches ${what}`) as unknown,
    });
  });

  test.each(['ref://one', 'oci://host/i:{{inherit}}!p'])('%s has no place in an included file', async (text) => {
    await expect(packagesOf({ plugins: [] }, [{ package: text }])).rejects.toMatchObject(
      error('PLUGIN_REFERENCE_UNRESOLVED', /base\.yaml:1: .* is used in an included file/),
    );
  });
});

describe('A list that is not accepted', () => {
  test('is told with all faults of all files at once, each with line and key', async () => {
    const main = [
      'includes: [base.yaml]',
      'plugins:',
      '  - package: ./a',
      '    disabled: "no"',
      '    integrity: md5-abc',
      '  - pluginConfig: []',
    ].join('\n');
    const reading = read(main, { 'base.yaml': 'plugins:\n  - package: ./b\n    pullPolicy: Sometimes\n' });
    const fault = await reading.catch((thrown: unknown) => thrown as { details: { faults: string[] } });
    expect(fault).toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
    expect((fault as { details: { faults: string[] } }).details.faults).toEqual([
      expect.stringMatching(/^dynamic-plugins\.yaml:4 plugins\.0\.disabled: must be true or false/),
      expect.stringMatching(/^dynamic-plugins\.yaml:5 plugins\.0\.integrity: must be sha256/),
      expect.stringMatching(/^dynamic-plugins\.yaml:6 plugins\.1\.package: /),
      expect.stringMatching(/^dynamic-plugins\.yaml:6 plugins\.1\.pluginConfig: /),
      expect.stringMatching(/^base\.yaml:3 plugins\.0\.pullPolicy: .*IfNotPresent/),
    ]);
  });

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map((key, index) => {
      const before = 'abcdefghij'[index]!;
      return `${key}: &${key} [${Array(10).fill(`*${before}`).join(',')}]`;
    }),
  ].join('\n');
  const repeated = [
    `text: &text "${'x'.repeat(100_000)}"`,
    'plugins:',
    ...Array.from({ length: 80 }, (_, index) => `  - {package: ./${index}, pluginConfig: {k${index}: *text}}`),
  ].join('\n');
  const nested = (levels: number): string =>
    Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:`).join('\n');
  test.each([
    ['is no YAML', 'plugins: [', /dynamic-plugins\.yaml:1/],
    ['has a key twice', 'plugins: []\nplugins: []', /yaml:2: .*unique/],
    [
      'has the key __proto__',
      'plugins:\n  - package: ./a\n    pluginConfig:\n      __proto__: {x: 1}',
      /yaml:4: .*__proto__/,
    ],
    ['is a bomb of aliases', bomb, /alias/i],
    ['repeats a long text by aliases', repeated, /its aliases make more than 4194304 bytes of it/],
    ['holds itself', 'plugins:\n  - package: ./a\n    pluginConfig: &a\n      b: *a', /circular|alias/i],
    ['is deeper than anything reads', `plugins: ${'['.repeat(1_000_000)}`, /yaml:1: nested deeper than 100 levels/],
    ['nests maps in a line', '{a: '.repeat(250_000), /yaml:1: nested deeper than 100 levels/],
    ['nests lists in a line', '- '.repeat(500_000), /yaml:1: nested deeper than 100 levels/],
    ['nests keys', '? '.repeat(500_000), /yaml:1: nested deeper than 100 levels/],
    ['nests by indentation', nested(1_400), /yaml:100: nested deeper than 100 levels/],
    ['is all errors', ']\n'.repeat(500_000), /yaml:1: /],
    ['is larger than a megabyte', `# ${'x'.repeat(1024 * 1024)}`, /larger than/],
    ['holds several documents', 'plugins: []\n---\nplugins: []', /yaml:\d+: .*document/],
    ['is a text', 'hello', /dynamic-plugins\.yaml:1: /],
    ['names an image without tag', 'plugins: [{package: "oci://host/i"}]', /is not oci:\/\/host/],
  ])('may be one that %s', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', message));
  });

  test('may be one of a megabyte of unknown keys, and is read in the time that its size takes', async () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `k${index}:`);
    const began = performance.now();
    const { warnings } = await read([...keys, 'plugins: []'].join('\n'));
    // What took three minutes takes one second.
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(warnings).toHaveLength(100_000);
    expect(warnings[99_999]).toMatch(/^dynamic-plugins\.yaml:100000: unknown key "k99999"/);
    await expect(read([...keys, 'k7:'].join('\n'))).rejects.toMatchObject(
      error('PLUGIN_LIST_INVALID', /:100001: .*unique/),
    );
  });

  test('is read to a depth that no config has', async () => {
    const text = `plugins:\n  - package: ./a\n    pluginConfig:\n${nested(90).replaceAll(/^/gm, '      ')}`;
    expect((await read(text)).plugins).toHaveLength(1);
  });

  test('may be one that includes too much, which is not read to its end', async () => {
    const large = `# ${'x'.repeat(1_000_000)}\nplugins: []\n`;
    const includes = Array.from({ length: 10_000 }, () => 'base.yaml');
    await expect(read({ includes }, { 'base.yaml': large })).rejects.toMatchObject({
      ...error('PLUGIN_LIST_INVALID', /base\.yaml makes the list larger than 4194304 bytes/),
      hint: expect.stringContaining('4 MiB') as string,
    });
  });

  test('may be a folder', async () => {
    const dir = await tempDir();
    await expect(readPluginList(dir)).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', /is not a file/));
  });

  test('is not one with unknown keys: they are warned of by line', async () => {
    const { warnings } = await read('plugins:\n  - package: ./a\n    disable: true\nplugin: []');
    expect(warnings).toEqual([
      expect.stringMatching(/^dynamic-plugins\.yaml:4: unknown key "plugin"; expected one of: includes, plugins/),
      expect.stringMatching(/^dynamic-plugins\.yaml:3: unknown key "disable"; expected one of: package, enabled/),
    ]);
  });

  test.each(['plugins:', 'includes:\nplugins: []'])('is not one without plugins: %j', async (text) => {
    expect(await read(text)).toMatchObject({ plugins: [], absent: false, warnings: [] });
  });

  test('is not one that is empty or not there: nobody said that there are no plugins', async () => {
    const empty = /dynamic-plugins\.yaml is empty: nothing is installed or removed/;
    for (const text of ['', '# nothing', '---\n...', 'null']) {
      expect(await read(text)).toMatchObject({ absent: true, warnings: [expect.stringMatching(empty)] });
    }
    const gone = await readPluginList(join(await tempDir(), 'no.yaml'));
    expect(gone).toMatchObject({
      absent: true,
      plugins: [],
      warnings: [expect.stringMatching(/^There is no .*no\.yaml/)],
    });
  });

  test('has merge keys merged, in entries, in configs and through several maps', async () => {
    const { plugins, warnings } = await read(
      [
        'x-common: &common { pullPolicy: Always, pluginConfig: { zed: { title: Ours } } }',
        'x-more: &more { <<: *common, enabled: true }',
        'plugins:',
        '  - { <<: *more, package: ./a }',
        '  - package: ./b',
        '    pluginConfig:',
        '      base: &d { minutes: 5, hours: 1 }',
        '      zed: { <<: [*d, { seconds: 2, hours: 3 }], minutes: 6 }',
        '      text: { "<<": kept }',
      ].join('\n'),
    );
    expect(plugins).toMatchObject([
      { package: './a', pullPolicy: 'Always', pluginConfig: { zed: { title: 'Ours' } } },
      {
        package: './b',
        pluginConfig: { zed: { minutes: 6, hours: 1, seconds: 2 }, text: { '<<': 'kept' } },
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test('has a fault of its own for merge keys that bring more than anybody writes, or bring themselves', async () => {
    const chain = ['x0: &x0 { k0: 1 }'];
    for (let at = 1; at < 20_000; at++) chain.push(`x${at}: &x${at} { <<: *x${at - 1}, k${at}: 1 }`);
    const began = performance.now();
    await expect(read(chain.join('\n'))).rejects.toMatchObject(error('PLUGIN_LIST_INVALID', /merge keys bring more/));
    await expect(read('x: &x { <<: *x }')).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
    await expect(read('x: { <<: 1 }')).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
    await expect(read('x: &x { __proto__: 1 }\ny: { <<: *x }')).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

import { generateKeys } from '@stagedoor/bundle';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { startBackend } from '../../support/backend';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

/** What the start says about each key of `dynamicPlugins` that it does not take. */
async function faultsOf(dynamicPlugins: Record<string, unknown>): Promise<string[]> {
  const error = await startBackend({ dynamicPlugins }).then(
    () => undefined,
    (reason: { code?: string; details?: { faults: string[] } }) => reason,
  );
  expect(error).toMatchObject({ code: 'SETTING_INVALID' });
  return error!.details!.faults;
}

describe('a wrong setting', () => {
  test('of every section is named with its key and the accepted values, all of them at once', async () => {
    const faults = await faultsOf({
      startTimeout: '0s',
      operators: ['platform-team'],
      upload: { enabled: 'perhaps' },
      auth: { unauthenticated: 'sometimes', open: { greeter: ['open'] }, rootRoutes: ['/all'] },
      services: ['core.rootHttpRouter'],
      signatures: { mode: 'require', trustedKeys: [] },
      packages: { allow: [{ version: '>=1' }], deny: [{ name: 'left-pad', version: 'newest' }, 'left-pad'] },
      downgrades: { mode: 'never', allow: 'left-pad' },
      isolation: 'container',
      process: {
        memoryLimitMb: 1,
        environment: 'PATH',
        permissionModel: 'perhaps',
        users: { from: 0, count: 0, to: 1 },
        connect: ['localhost:0'],
      },
      plugins: { greeter: { isolation: 'vm', memoryLimitMb: 0.5, connect: ['run/x.sock'] } },
      required: 'greeter',
      health: { interval: '2 fortnights', timeout: '2h' },
      metrics: { port: 70_000, host: 1 },
    });
    const wanted: Array<[key: string, accepted: string]> = [
      ['startTimeout', 'at most one hour'],
      ['operators', 'entity refs of users and groups'],
      ['upload.enabled', 'true, false'],
      ['auth.unauthenticated', 'declared, listed'],
      ['auth.open.greeter', "begin with '/'"],
      ['auth.rootRoutes', 'an object'],
      ['services', 'service ids other than'],
      ['signatures.trustedKeys', 'at least one key'],
      ['packages.allow[0].name', 'a package name'],
      ['packages.deny', 'a list of objects'],
      ['downgrades.mode', 'allow, refuse'],
      ['downgrades.allow', 'a list of strings'],
      ['isolation', 'in-process, process'],
      ['process.memoryLimitMb', 'at least 64'],
      ['process.environment', 'a list of strings'],
      ['process.permissionModel', 'true, false'],
      ['process.users.to', 'from, count'],
      ['process.users.from', 'a user id from 1000'],
      ['process.users.count', 'from 1 to 100000'],
      ['process.connect', 'host:port, [address]:port, absolute paths of Unix sockets'],
      ['plugins.greeter.isolation', 'in-process, process'],
      ['plugins.greeter.memoryLimitMb', 'at least 64'],
      ['plugins.greeter.connect', 'absolute paths of Unix sockets'],
      ['required', 'a list of strings'],
      ['health.interval', 'at most one hour'],
      ['health.timeout', 'at most one hour'],
      ['metrics.port', '1 to 65535'],
      ['metrics.host', 'a string'],
    ];
    for (const [key, accepted] of wanted) {
      const named = faults.filter((fault) => fault.includes(`'dynamicPlugins.${key}`));
      expect(named, key).toHaveLength(1);
      expect(named[0]).toContain(accepted);
    }
    expect(faults).toHaveLength(wanted.length);
  });

  test('such as a version that is no range, or a key that is no key, is named', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'key.pem'), generateKeys(undefined).privateKey);
    const faults = await faultsOf({
      packages: { deny: [{ name: 'left-pad', version: 'newest' }] },
      signatures: { trustedKeys: [join(dir, 'key.pem'), join(dir, 'gone.pem'), '-----BEGIN NOTHING-----'] },
    });
    expect(faults).toEqual([
      expect.stringMatching(/signatures.trustedKeys' .*private key where a public key is expected.*accepted: Ed25519/),
      expect.stringMatching(/signatures.trustedKeys' .*gone.pem.*accepted: Ed25519/),
      expect.stringMatching(/signatures.trustedKeys' .*not a public key in PEM format.*accepted: Ed25519/),
      expect.stringMatching(/packages.deny\[0\].version' is 'newest', accepted: a semver range/),
    ]);
  });

  test('is found even where no plugin is loaded dynamically', async () => {
    expect(await faultsOf({ rootDirectory: null, isolation: 'vm' })).toHaveLength(1);
  });
});

test('The keys that config.d.ts documents are those that are read, each with its default', async () => {
  const documented = await documentedKeys();
  const sections = [...documented.keys()].filter((path) => path !== '');
  const nonsense: Record<string, unknown> = { nonsense: 1 };
  for (const path of sections) put(nonsense, path.split('.'));
  const faults = (await faultsOf(nonsense)).filter((fault) => fault.startsWith('unknown key'));
  for (const [path, keys] of documented) {
    const key = ['dynamicPlugins', path, 'nonsense'].filter(Boolean).join('.');
    const fault = faults.find((candidate) => candidate.startsWith(`unknown key '${key}'`));
    expect(fault, key).toBeDefined();
    expect(fault!.split('expected one of: ')[1]!.split(', ').sort(), key).toEqual(keys.sort());
  }
  expect(faults).toHaveLength(documented.size);
});

/** Sets `nonsense` below a path. */
function put(into: Record<string, unknown>, path: readonly string[]): void {
  let at = into;
  for (const key of path) {
    if (key.endsWith('[0]')) at = ((at[key.slice(0, -3)] ??= [{}]) as Array<Record<string, unknown>>)[0]!;
    else at = (at[key] ??= {}) as Record<string, unknown>;
  }
  at.nonsense = 1;
}

/** The keys of every section of `dynamicPlugins` in config.d.ts by path; checks that each leaf names its default. */
async function documentedKeys(): Promise<Map<string, string[]>> {
  const file = join(repository, 'loader/config.d.ts');
  const source = ts.createSourceFile(file, await readFile(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const sections = new Map<string, string[]>();
  const visit = (type: ts.TypeNode, path: string): void => {
    if (ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Array')
      visit(type.typeArguments![0]!, `${path}[0]`);
    if (!ts.isTypeLiteralNode(type)) return;
    const properties = type.members.filter(ts.isPropertySignature);
    if (properties.length > 0)
      sections.set(
        path,
        properties.map((property) => property.name.getText()),
      );
    for (const property of properties) {
      const below = [path, property.name.getText()].filter(Boolean).join('.');
      if (!isSection(property.type!) && !path.endsWith(']')) expect(docOf(property), below).toMatch(/Default: |^As /);
      visit(property.type!, below);
    }
    for (const index of type.members.filter(ts.isIndexSignatureDeclaration)) visit(index.type, `${path}.greeter`);
  };
  const config = source.statements.find(ts.isInterfaceDeclaration)!;
  const own = config.members
    .filter(ts.isPropertySignature)
    .find((member) => member.name.getText() === 'dynamicPlugins');
  visit(own!.type!, '');
  return sections;
}

function isSection(type: ts.TypeNode): boolean {
  return ts.isTypeLiteralNode(type) && type.members.some(ts.isPropertySignature);
}

function docOf(property: ts.PropertySignature): string {
  return ts
    .getJSDocCommentsAndTags(property)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join(' ');
}

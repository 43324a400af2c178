import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findCredentials } from '../../../cli/src/oci/credentials';
import { fixtureBundle } from '../../support/bundles';
import { makeCertificate } from '../../support/certificate';
import { REGISTRY_USER, startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { packagesAnnotation, putImage } from '../../support/foreignImage';
import { startRegistryFront, type RegistryFront } from '../../support/registryFront';
import { serve } from '../../support/serve';
import { makeTempDir, removeTempDir, tempDir } from '../../support/tempDir';
import { stagedoor } from '../export/exportSupport';
import { codeOf, push } from './imageSupport';

const basic = Buffer.from(`${REGISTRY_USER.name}:${REGISTRY_USER.password}`).toString('base64');

let closed: ContainerRegistry;
let open: ContainerRegistry;
let parent: string;
let bundle: string;
beforeAll(async () => {
  parent = await makeTempDir();
  bundle = await fixtureBundle(parent, 'greeter');
  [closed, open] = await Promise.all([startContainerRegistry({ login: true }), startContainerRegistry()]);
});
afterAll(async () => {
  await Promise.all([closed.stop(), open.stop()]);
  await removeTempDir(parent);
});

/** Pushes the bundle with nothing but `env` known about the user; the code of the error, or `done`. */
async function pushAs(
  env: Record<string, string>,
  image: string,
  trust: { ca?: string; insecure?: boolean } = {},
): Promise<string> {
  const unset = { XDG_RUNTIME_DIR: undefined, XDG_CONFIG_HOME: undefined, DOCKER_CONFIG: undefined };
  const variables = { ...unset, HOME: await tempDir(), REGISTRY_AUTH_FILE: undefined, ...env };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  try {
    return await codeOf(push(parent, [bundle], image, trust));
  } finally {
    vi.unstubAllEnvs();
  }
}

async function authFile(content: unknown, name = 'auth.json'): Promise<string> {
  const file = join(await tempDir(), name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('A registry that wants a user', () => {
  test('is told what REGISTRY_AUTH_FILE says of its host, or of the longest path in it', async () => {
    const image = `oci://${closed.host}/acme/greeter:1`;
    const wrong = Buffer.from('nobody:nothing').toString('base64');
    for (const auths of [
      { [closed.host]: { auth: basic } },
      { [`http://${closed.host}/v1/`]: { auth: basic } },
      { [closed.host]: { auth: wrong }, [`${closed.host}/acme`]: { auth: basic } },
      { [closed.host]: { username: REGISTRY_USER.name, password: REGISTRY_USER.password } },
    ]) {
      expect(await pushAs({ REGISTRY_AUTH_FILE: await authFile({ auths }) }, image)).toBe('done');
    }
    const other = await authFile({
      auths: { [closed.host]: { auth: basic }, [`${closed.host}/acme`]: { auth: wrong } },
    });
    expect(await pushAs({ REGISTRY_AUTH_FILE: other }, image)).toBe('REGISTRY_UNAUTHORIZED');
  });

  test('is told what podman and docker keep', async () => {
    const image = `oci://${closed.host}/acme/greeter:2`;
    const config = JSON.stringify({ auths: { [closed.host]: { auth: basic } } });
    const dir = await tempDir();
    await mkdir(join(dir, 'containers'));
    await writeFile(join(dir, 'containers/auth.json'), config);
    await writeFile(join(dir, 'config.json'), config);
    await mkdir(join(dir, '.docker'));
    await writeFile(join(dir, '.docker/config.json'), config);
    for (const variable of ['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'DOCKER_CONFIG', 'HOME']) {
      expect(await pushAs({ [variable]: dir }, image), variable).toBe('done');
    }
  });

  test('may be Docker Hub, which goes by several names', async () => {
    for (const key of ['https://index.docker.io/v1/', 'docker.io', 'docker.io/acme']) {
      const file = await authFile({ auths: { [key]: { auth: basic } } });
      const found = await findCredentials('docker.io', 'acme/greeter', { REGISTRY_AUTH_FILE: file });
      expect(found, key).toEqual({ user: REGISTRY_USER.name, password: REGISTRY_USER.password, from: file });
    }
  });

  test('gets REGISTRY_UNAUTHORIZED without one', async () => {
    expect(await pushAs({}, `oci://${closed.host}/acme/greeter:3`)).toBe('REGISTRY_UNAUTHORIZED');
  });
});

describe('A credential helper', () => {
  /** A folder with `docker-credential-test`, which does what the script says; and a config that names it. */
  async function helper(script: string): Promise<{ dir: string; env: Record<string, string> }> {
    const dir = await tempDir();
    const file = join(dir, 'docker-credential-test');
    await writeFile(file, `#!/bin/sh\ncd "$(dirname "$0")"\necho "$@" > arguments\ncat > registry\n${script}\n`);
    await chmod(file, 0o755);
    return { dir, env: { PATH: `${dir}:${process.env.PATH}` } };
  }
  const answer = JSON.stringify({ Username: REGISTRY_USER.name, Secret: REGISTRY_USER.password });

  test('is asked for the host, as credHelpers and credsStore have it', async () => {
    for (const config of [{ credHelpers: { [closed.host]: 'test' } }, { credsStore: 'test' }]) {
      const { dir, env } = await helper(`echo '${answer}'`);
      const file = await authFile(config);
      const image = `oci://${closed.host}/acme/helped:1`;
      expect(await pushAs({ ...env, REGISTRY_AUTH_FILE: file }, image)).toBe('done');
      expect(await readFile(join(dir, 'registry'), 'utf8')).toBe(closed.host);
      expect(await readFile(join(dir, 'arguments'), 'utf8')).toBe('get\n');
    }
  });

  test.each([
    ['knows nothing', 'echo "credentials not found in native keychain"; exit 1', 'REGISTRY_UNAUTHORIZED'],
    ['fails', 'echo broken; exit 1', 'CREDENTIALS_UNREADABLE'],
    ['answers nonsense', 'echo nonsense', 'CREDENTIALS_UNREADABLE'],
    ['never stops answering', 'while true; do echo 0123456789; done', 'CREDENTIALS_UNREADABLE'],
  ])('that %s', async (_, script, code) => {
    const { env } = await helper(script);
    const file = await authFile({ credsStore: 'test' });
    expect(await pushAs({ ...env, REGISTRY_AUTH_FILE: file }, `oci://${closed.host}/acme/helped:2`)).toBe(code);
  });

  test('that is not installed, or whose name is more than a name, is CREDENTIALS_UNREADABLE', async () => {
    for (const credsStore of ['absent-from-here', '../../bin/sh', 'a;b']) {
      const file = await authFile({ credsStore });
      const image = `oci://${closed.host}/acme/helped:3`;
      expect(await pushAs({ REGISTRY_AUTH_FILE: file }, image)).toBe('CREDENTIALS_UNREADABLE');
    }
  });
});

test.each([
  ['is not there', undefined],
  ['is no JSON', 'nonsense'],
  ['has another shape', '{"auths": []}'],
  ['holds something else than a user and a password', `{"auths":{"HOST":{"auth":"${btoa('nobody')}"}}}`],
])('a file with credentials that %s is CREDENTIALS_UNREADABLE', async (_, text) => {
  const file = text === undefined ? '/nowhere/auth.json' : await authFile(text.replace('HOST', closed.host));
  const image = `oci://${closed.host}/acme/greeter:4`;
  expect(await pushAs({ REGISTRY_AUTH_FILE: file }, image)).toBe('CREDENTIALS_UNREADABLE');
});

describe('A registry that requires a token', () => {
  /** A registry before which stands one that asks for tokens, and what it was asked for. */
  async function tokenRegistry(
    realm: (own: string) => string = (own) => `${own}/token`,
  ): Promise<{ front: RegistryFront; asked: URLSearchParams[]; authorizations: Array<string | undefined> }> {
    const asked: URLSearchParams[] = [];
    const authorizations: Array<string | undefined> = [];
    const tokens = await serve((request, response) => {
      authorizations.push(request.headers.authorization);
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push(
          request.method === 'POST' ? new URLSearchParams(body) : new URL(request.url!, 'http://x').searchParams,
        );
        if (request.headers.authorization === `Basic ${btoa('nobody:nothing')}`) response.writeHead(401);
        response.end(JSON.stringify({ token: `token-for-${asked.at(-1)!.get('scope')}` }));
      });
    });
    const front: RegistryFront = await startRegistryFront(open.host, {
      intercept: (request, response) => {
        const pushes = request.method !== 'GET';
        const action = pushes ? 'pull,push' : 'pull';
        const given = request.headers.authorization ?? '';
        if (given.startsWith('Bearer token-for-repository:acme/tokens:') && given.endsWith(action)) return false;
        if (given === 'Bearer token-for-repository:acme/tokens:pull,push') return false;
        const challenge = `Basic realm="no", Bearer realm="${realm(tokens)}",service="the \\"service\\"",scope="x"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
        return true;
      },
    });
    return { front, asked, authorizations };
  }

  test('gets one for the repository and what is done with it, for anybody', async () => {
    const { front, asked, authorizations } = await tokenRegistry();
    expect(await pushAs({}, `oci://${front.host}/acme/tokens:1`)).toBe('done');
    expect(asked.map((fields) => Object.fromEntries(fields))).toEqual([
      { service: 'the "service"', scope: 'repository:acme/tokens:pull,push' },
    ]);
    expect(authorizations).toEqual([undefined]);
  });

  test('gets one for a user, and REGISTRY_UNAUTHORIZED where the user is refused', async () => {
    const { front, authorizations } = await tokenRegistry();
    const file = await authFile({ auths: { [front.host]: { auth: basic } } });
    expect(await pushAs({ REGISTRY_AUTH_FILE: file }, `oci://${front.host}/acme/tokens:2`)).toBe('done');
    expect(authorizations).toEqual([`Basic ${basic}`]);
    const wrong = await authFile({ auths: { [front.host]: { auth: btoa('nobody:nothing') } } });
    const image = `oci://${front.host}/acme/tokens:3`;
    expect(await pushAs({ REGISTRY_AUTH_FILE: wrong }, image)).toBe('REGISTRY_UNAUTHORIZED');
  });

  test('gets one for an identity token', async () => {
    const { front, asked } = await tokenRegistry();
    const file = await authFile({ auths: { [front.host]: { identitytoken: 'identity' } } });
    expect(await pushAs({ REGISTRY_AUTH_FILE: file }, `oci://${front.host}/acme/tokens:4`)).toBe('done');
    expect(Object.fromEntries(asked[0]!)).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'identity' });
  });

  test('gives no identity token to where the place of tokens redirects', async () => {
    const bodies: string[] = [];
    const other = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on('end', () => response.end('{"token":"t"}'));
    });
    const redirecting = await serve((_, response) => response.writeHead(307, { location: other }).end());
    const { front } = await tokenRegistry(() => redirecting);
    const file = await authFile({ auths: { [front.host]: { identitytoken: 'identity' } } });
    const image = `oci://${front.host}/acme/tokens:6`;
    expect(await pushAs({ REGISTRY_AUTH_FILE: file }, image)).toBe('REGISTRY_FAILED');
    expect(bodies).toEqual([]);
  });

  test('gives no credentials to a place that is not safe', async () => {
    for (const realm of [
      'http://tokens.example/',
      'file:///etc/passwd',
      'nonsense',
      'http://user:hidden@127.0.0.1:9/',
    ]) {
      const { front } = await tokenRegistry(() => realm);
      expect(await pushAs({}, `oci://${front.host}/acme/tokens:5`)).toBe('REGISTRY_FAILED');
    }
  });
});

describe('A registry that leads to another server', () => {
  /** The code of a pull with credentials for the registry, and what the other server was sent. */
  async function pullBy(
    challenge: string | undefined,
    status: number,
  ): Promise<{ error: unknown; authorizations: Array<string | undefined> }> {
    const authorizations: Array<string | undefined> = [];
    const other = await serve((request, response) => {
      authorizations.push(request.headers.authorization);
      response.writeHead(status, { ...(challenge && { 'www-authenticate': challenge }) }).end('an inner page');
    });
    const front = await startRegistryFront(closed.host, {
      intercept: (request, response) => {
        if (request.method !== 'GET' || !request.url?.includes('/blobs/')) return false;
        response.writeHead(307, { location: `${other}/blob?signature=hidden` }).end();
        return true;
      },
    });
    const auths = { [front.host]: { auth: basic }, [closed.host]: { auth: basic } };
    const env = { REGISTRY_AUTH_FILE: await authFile({ auths }) };
    expect(await pushAs(env, `oci://${closed.host}/acme/moved:1`)).toBe('done');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    try {
      const { pullImage } = await import('../../../cli/src/oci/pullImage');
      const pulling = pullImage({ cwd: await tempDir(), image: `oci://${front.host}/acme/moved:1`, out: '.' });
      return { error: await pulling.catch((error: unknown) => error), authorizations };
    } finally {
      vi.unstubAllEnvs();
    }
  }

  test.each(['Basic realm="x"', 'Bearer realm="http://127.0.0.1:9/token"', undefined])(
    'gives that no credentials, whatever it asks for: %s',
    async (challenge) => {
      const { error, authorizations } = await pullBy(challenge, 401);
      expect(error).toMatchObject({
        code: 'REGISTRY_UNAUTHORIZED',
        hint: expect.stringContaining('Credentials are sent only to') as string,
      });
      expect(authorizations).toEqual([undefined]);
    },
  );

  test('does not show what that answers, nor the secrets of its address', async () => {
    const { error } = await pullBy(undefined, 404);
    expect(error).toMatchObject({ code: 'REGISTRY_FAILED' });
    expect((error as Error).message).not.toMatch(/inner page|hidden/);
  });
});

describe('TLS', () => {
  let secure: ContainerRegistry;
  let certificate: string;
  beforeAll(async () => {
    const tls = await makeCertificate(parent, 'IP:127.0.0.1');
    ({ certificate } = tls);
    secure = await startContainerRegistry({ tls });
  });
  afterAll(() => secure.stop());

  test('is trusted with --ca or --insecure, and never given up for plain http', async () => {
    const image = `oci://${secure.host}/acme/greeter:1`;
    expect(await pushAs({}, image)).toBe('REGISTRY_FAILED');
    expect(await pushAs({}, image, { ca: certificate })).toBe('done');
    expect(await pushAs({}, image, { insecure: true })).toBe('done');
    expect(await pushAs({}, image, { ca: join(parent, 'absent.pem') })).toBe('CA_INVALID');
    for (const trust of [['--ca', certificate], ['--insecure']]) {
      expect(await stagedoor(parent, 'push', bundle, image, ...trust)).toMatchObject({ code: 0 });
    }
  });
});

test('a registry elsewhere is not spoken to in plain http unless that is allowed', async () => {
  await putImage(`${open.host}/acme/plain`, '1', [], packagesAnnotation('x'));
  // The name leads to this machine, and is not one of those that are known to.
  const elsewhere = open.host.replace('127.0.0.1', '0.0.0.0');
  expect(await pushAs({}, `oci://${elsewhere}/acme/plain:1`)).toBe('REGISTRY_FAILED');
  expect(await pushAs({}, `oci://${elsewhere}/acme/plain:1`, { insecure: true })).toBe('done');
});

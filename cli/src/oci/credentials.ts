import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeIssues, parseJson, readBounded } from '@stagedoor/bundle';
import * as z from 'zod';
import { askHelper, type Credentials } from './credentialHelper';
import { credentialsUnreadable } from './errors';

/** Credentials, and where they are stored: a file, or a helper that it names. */
export interface StoredCredentials extends Credentials {
  from: string;
}

const MAX_BYTES = 1024 * 1024;

const schema = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

type AuthFile = z.infer<typeof schema>;

/** Docker Hub goes by several names; its credentials by this one. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * The user's credentials for a repository: from the file of REGISTRY_AUTH_FILE only, if that is set; otherwise from podman's
 * `containers/auth.json` and docker's `config.json`. A key may name the host or a path in it; the longest match wins.
 * Credential helpers are called as docker does. Undefined if there are none. Throws CREDENTIALS_UNREADABLE.
 */
export async function findCredentials(
  host: string,
  repository: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StoredCredentials | undefined> {
  const named = env.REGISTRY_AUTH_FILE;
  for (const file of named ? [named] : defaultFiles(env)) {
    const content = await readAuthFile(file, named !== undefined);
    const found = content && (await lookUp(content, file, host, repository, env));
    if (found) return found;
  }
  return undefined;
}

function defaultFiles(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME || homedir();
  return [
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  ];
}

async function readAuthFile(file: string, required: boolean): Promise<AuthFile | undefined> {
  const content = await readBounded(file, MAX_BYTES).catch((cause: Error) => {
    throw credentialsUnreadable(`${file} cannot be read: ${cause.message}`, cause);
  });
  if (content === 'absent' && !required) return undefined;
  if (typeof content === 'string') throw credentialsUnreadable(`${file} is not a file of at most ${MAX_BYTES} bytes.`);
  let value: unknown;
  try {
    value = parseJson(content.toString('utf8'));
  } catch (cause) {
    throw credentialsUnreadable(`${file} ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw credentialsUnreadable(`${file}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

async function lookUp(
  { auths = {}, credHelpers = {}, credsStore }: AuthFile,
  file: string,
  host: string,
  repository: string,
  env: NodeJS.ProcessEnv,
): Promise<StoredCredentials | undefined> {
  const ask = async (helper: string, registry: string): Promise<StoredCredentials | undefined> => {
    const answer = await askHelper(helper, registry, env);
    return answer && { ...answer, from: `docker-credential-${helper}, which ${file} names` };
  };
  const keys = keysOf(host, repository);
  const helped = keys.find((key) => Object.hasOwn(credHelpers, key));
  if (helped !== undefined) return await ask(credHelpers[helped]!, helped);
  const byName = new Map(Object.entries(auths).map(([key, entry]) => [plainKey(key), entry]));
  const entry = keys.map((key) => byName.get(plainKey(key))).find((found) => found !== undefined);
  if (entry?.identitytoken) return { user: '<token>', password: '', identityToken: entry.identitytoken, from: file };
  if (entry?.username && entry.password) return { user: entry.username, password: entry.password, from: file };
  if (entry?.auth) return { ...decode(entry.auth, file), from: file };
  const key = isDockerHub(host) ? DOCKER_HUB : host;
  return credsStore ? await ask(credsStore, key) : undefined;
}

/** From the whole name to the host. */
function keysOf(host: string, repository: string): string[] {
  const parts = repository.split('/');
  const paths = parts.map((_, index) => `${host}/${parts.slice(0, parts.length - index).join('/')}`);
  return [...paths, host, ...(isDockerHub(host) ? [DOCKER_HUB] : [])];
}

/** docker writes some hosts as addresses. */
function plainKey(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/(v1\/?)?$/, '');
}

function isDockerHub(host: string): boolean {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host);
}

function decode(auth: string, file: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw credentialsUnreadable(`${file}: an "auth" is not base64 of user:password.`);
  // docker pads with zeros.
  return { user: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

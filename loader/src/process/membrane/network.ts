import { constants } from 'node:os';
import { addressKey, parseAddress, shownAddress } from './addresses';
import { tellDenied } from './denied';
import { handlePrototypes } from './handles';
import { lock } from './lock';
import { isOwn } from './ownAddresses';
import type { MembranePolicy } from './policy';
import { apply, resolvePath, slice, textSet, toNumber, toText, type TextSet } from './primordials';

const DENIED = -constants.errno.EACCES;
const INVALID = -constants.errno.EINVAL;
/** Arguments of `send` with a destination: request, list, length, port, address, callback. */
const SEND_TO = 6;

const later = setImmediate;

/** What Node gives `connect` of TCP and of pipes. */
interface ConnectRequest {
  oncomplete(status: number, handle: object, request: object, readable: boolean, writable: boolean): void;
}

type Failure = (handle: object, request: ConnectRequest) => number;
type Method = (this: object, ...args: unknown[]) => unknown;

/** Denies sockets of this thread access to targets on this machine that the policy does not name. Others are not affected. */
export function guardNetwork(policy: MembranePolicy): void {
  const { tcp, udp, pipe, resolver, owner, nameServers } = handlePrototypes(`${policy.temporary}/nowhere`);
  const fail = failureOf(owner, policy.connectSetting);
  const allowed = textSet(policy.addresses.flatMap(({ address, port }) => placeKey(address, port) ?? []));
  for (const name of ['connect', 'connect6']) {
    replace(tcp, name, (original) => guardedConnect(original, allowed, 1, fail));
    replace(udp, name, (original) => guardedConnect(original, allowed, 0, fail));
  }
  for (const name of ['send', 'send6']) replace(udp, name, (original) => guardedSend(original, allowed));
  replace(resolver, 'setServers', (original) => guardedServers(original, nameServers));
  guardPipes(pipe, policy, fail);
}

/** `connect(request, address, port)` of TCP, `connect(address, port)` of UDP. */
function guardedConnect(original: Method, allowed: TextSet, at: 0 | 1, fail: Failure): Method {
  return function connect(this: object, ...args: unknown[]) {
    const address = args[at];
    const port = toPort(args[at + 1]);
    const fault = faultOf(allowed, address, port);
    if (fault === DENIED && at === 1) return fail(this, args[0] as ConnectRequest);
    return fault ?? apply(original, this, at === 1 ? [args[0], address, port] : [address, port]);
  };
}

function guardedSend(original: Method, allowed: TextSet): Method {
  return function send(this: object, ...args: unknown[]) {
    if (args.length !== SEND_TO) return apply(original, this, args);
    const port = toPort(args[3]);
    const address = args[4];
    const fault = faultOf(allowed, address, port);
    return fault ?? apply(original, this, [args[0], args[1], args[2], port, address, args[5]]);
  };
}

/** The resolver may ask only the name servers of the machine, or ones outside of it. */
function guardedServers(original: Method, own: ReadonlyArray<[string, number]>): Method {
  const allowed = textSet(own.flatMap(([address, port]) => placeKey(address, port) ?? []));
  return function setServers(this: object, given: unknown) {
    const list = given as ArrayLike<[unknown, unknown, unknown]>;
    const checked: unknown[] = [];
    for (let index = 0; index < list.length; index++) {
      const server = list[index]!;
      const family = toNumber(server[0]);
      const address = server[1];
      const port = toPort(server[2]);
      if (faultOf(allowed, address, port) !== undefined) return INVALID;
      checked[index] = [family, address, port];
    }
    return apply(original, this, [checked]);
  };
}

function guardPipes(pipe: object, { sockets, ownSocket, temporary }: MembranePolicy, fail: Failure): void {
  const allowed = textSet(sockets.map((path) => resolvePath(path)));
  const own = resolvePath(ownSocket);
  const below = `${resolvePath(temporary)}/`;
  // A relative path depends on what a plugin may change.
  const pathOf = (path: unknown): string | undefined =>
    typeof path === 'string' && slice(path, 0, 1) === '/' ? resolvePath(path) : undefined;
  const isTemporary = (path: string): boolean => slice(path, 0, below.length) === below;
  replace(pipe, 'connect', (original) => {
    return function connect(this: object, request: unknown, name: unknown) {
      const path = pathOf(name);
      if (path !== undefined && (path in allowed || isTemporary(path))) return apply(original, this, [request, path]);
      tellDenied(typeof name === 'string' ? slice(name, 0, 256) : '?');
      return fail(this, request as ConnectRequest);
    };
  });
  replace(pipe, 'bind', (original) => {
    return function bind(this: object, name: unknown) {
      const path = pathOf(name);
      return path !== undefined && (path === own || isTemporary(path)) ? apply(original, this, [path]) : DENIED;
    };
  });
}

/**
 * Fails a request asynchronously like an absent server: some of Node's own code, such as http with a `socketPath`, adds its
 * error listeners only after it has begun to connect. The error names the setting.
 */
function failureOf(owner: symbol | undefined, setting: string): Failure {
  const why = `: a confined process may not connect there (CONNECTION_DENIED); ${setting} does not list it`;
  return (handle, request) => {
    later(() => {
      request.oncomplete(DENIED, handle, request, false, false);
      const socket = owner && (handle as Record<symbol, { errored?: Error } | undefined>)[owner];
      const error = socket?.errored;
      if (error && typeof error.message === 'string') error.message = `${error.message}${why}`;
    });
    return 0;
  };
}

/** libuv's error code for a denied address; undefined if it is allowed. */
function faultOf(allowed: TextSet, text: unknown, port: number): number | undefined {
  // A value that converts to a string on access could be another one each time.
  const address = typeof text === 'string' ? parseAddress(text) : undefined;
  if (address === undefined) return INVALID;
  if (!isOwn(address) || `${addressKey(address)}|${port}` in allowed) return undefined;
  tellDenied(shownAddress(toText(text), port));
  return DENIED;
}

function placeKey(text: string, port: number): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : `${addressKey(address)}|${port}`;
}

function toPort(value: unknown): number {
  return toNumber(value) & 0xffff;
}

function replace(prototype: object, name: string, guard: (original: Method) => Method): void {
  lock(prototype, name, guard((prototype as Record<string, Method>)[name]!));
}

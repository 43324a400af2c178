import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import net from 'node:net';
import { getPrototypeOf, ownKeys } from './primordials';

/** Prototypes of Node's connection handles; every socket of a thread has one of these. */
export interface HandlePrototypes {
  tcp: object;
  pipe: object;
  udp: object;
  resolver: object;
  /** Under which a handle has its socket. */
  owner: symbol | undefined;
  /** Name servers of the machine, as `[address, port]`. */
  nameServers: Array<[address: string, port: number]>;
}

interface Handle {
  close(): void;
  getServers?(): Array<[string, number]>;
}

/** Opens one handle of each kind, for its prototype, and closes it. Nothing is at `nowhere`, a path. */
export function handlePrototypes(nowhere: string): HandlePrototypes {
  const { _createServerHandle } = net as unknown as {
    _createServerHandle(address: string, port: number, family: 4): Handle | number;
  };
  const tcp = _createServerHandle('127.0.0.1', 0, 4);
  if (typeof tcp === 'number') throw new Error(`No TCP socket can be opened: ${tcp}`);
  tcp.close();
  const stream = new net.Socket();
  stream.on('error', () => {});
  stream.connect(nowhere);
  const pipe = handleOf(stream, '_handle');
  const owner = ownKeys(pipe).find((key) => (key as symbol).description === 'owner_symbol') as symbol | undefined;
  stream.destroy();
  const datagrams = createSocket('udp4');
  const udp = handleOf(datagrams, 'state symbol', 'handle');
  datagrams.close();
  const resolver = handleOf(new Resolver(), '_handle');
  const prototypes = [tcp, pipe, udp, resolver].map((handle) => getPrototypeOf(handle)!);
  const [tcpPrototype, pipePrototype, udpPrototype, resolverPrototype] = prototypes as [object, object, object, object];
  return {
    tcp: tcpPrototype,
    pipe: pipePrototype,
    udp: udpPrototype,
    resolver: resolverPrototype,
    owner,
    nameServers: resolver.getServers!(),
  };
}

/** The property of an object with a name, or with a symbol of that description. */
function handleOf(owner: object, ...path: string[]): Handle {
  let found: unknown = owner;
  for (const name of path) {
    const symbol = ownKeys(found as object).find((key) => (key as symbol).description === name);
    found = (found as Record<PropertyKey, unknown>)[symbol ?? name];
  }
  if (typeof found !== 'object' || found === null) throw new Error(`Node no longer has ${path.join('.')}`);
  return found as Handle;
}

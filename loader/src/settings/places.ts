import type { Section } from './section';

/** A target that a process may connect to: a host and port, or a Unix socket. */
export type Place = { host: string; port: number } | { path: string };

const HOST_AND_PORT = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i;
const MOST_PORT = 65_535;

/** Reads `connect`, for all processes or for one plugin's. */
export function readPlaces(section: Section): Place[] | undefined {
  if (!section.has('connect')) return undefined;
  return section.strings('connect').flatMap((text) => {
    const place = parsePlace(text);
    if (!place)
      section.fault('connect', `holds '${text}'`, 'host:port, [address]:port, absolute paths of Unix sockets');
    return place ?? [];
  });
}

function parsePlace(text: string): Place | undefined {
  if (text.startsWith('/')) return { path: text };
  const [, address, name, port] = HOST_AND_PORT.exec(text) ?? [];
  const host = address ?? name;
  const number = Number(port);
  return host !== undefined && number > 0 && number <= MOST_PORT ? { host, port: number } : undefined;
}

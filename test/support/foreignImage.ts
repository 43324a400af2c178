import { createHash } from 'node:crypto';

/** A layer as some tool made it. */
export interface ForeignLayer {
  mediaType: string;
  content: Buffer;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** What refers to content in a registry. */
interface Reference {
  mediaType: string;
  digest: string;
  size: number;
}

/** Puts an image into a registry (`host:port/repository`) as it is given, nothing checked; returns its descriptor. */
export async function putImage(
  place: string,
  tag: string,
  layers: readonly ForeignLayer[],
  annotations: Record<string, string> = {},
): Promise<Reference> {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', content: Buffer.from('{"os":"linux"}') };
  const described = [];
  for (const blob of [config, ...layers]) described.push(await putBlob(place, blob));
  const [first, ...others] = described;
  return await putText(place, tag, MANIFEST, { schemaVersion: 2, config: first, layers: others, annotations });
}

/** Puts an index of images into a registry; returns its descriptor. */
export async function putIndex(
  place: string,
  tag: string,
  images: ReadonlyArray<{ image: Reference; platform: { os: string; architecture: string } }>,
): Promise<Reference> {
  const manifests = images.map(({ image, platform }) => ({ ...image, platform }));
  return await putText(place, tag, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
}

/** The annotation that lists plugins, as RHDH's command line writes it. */
export function packagesAnnotation(...folders: string[]): Record<string, string> {
  const list = folders.map((folder) => ({ [folder]: { name: folder, version: '1.0.0' } }));
  return { 'io.backstage.dynamic-packages': Buffer.from(JSON.stringify(list)).toString('base64') };
}

/** The `sha256:…` of bytes. */
export function sha256Of(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function putBlob(place: string, { mediaType, content }: ForeignLayer): Promise<Reference> {
  const digest = sha256Of(content);
  const url = uploadUrl(place);
  const begun = await fetch(url, { method: 'POST' });
  const location = new URL(begun.headers.get('location')!, url);
  location.searchParams.set('digest', digest);
  const stored = await fetch(location, { method: 'PUT', body: new Uint8Array(content) });
  if (stored.status !== 201) throw new Error(`${place} answers ${stored.status}: ${await stored.text()}`);
  return { mediaType, digest, size: content.length };
}

function uploadUrl(place: string): string {
  const [host, ...repository] = place.split('/');
  return `http://${host}/v2/${repository.join('/')}/blobs/uploads/`;
}

async function putText(place: string, tag: string, mediaType: string, content: object): Promise<Reference> {
  const body = JSON.stringify(content);
  const url = uploadUrl(place).replace('blobs/uploads/', `manifests/${tag}`);
  const stored = await fetch(url, { method: 'PUT', body, headers: { 'content-type': mediaType } });
  if (stored.status !== 201) throw new Error(`${place} answers ${stored.status}: ${await stored.text()}`);
  return { mediaType, digest: sha256Of(body), size: body.length };
}

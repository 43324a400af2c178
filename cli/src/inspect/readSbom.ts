import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SBOM_FILE } from '@stagedoor/bundle';
import * as z from 'zod';
import { SBOM_PROPERTY } from '../export/describe/sbom';

const MAX_BYTES = 64 * 1024 * 1024;

const componentSchema = z.looseObject({
  group: z.string().optional(),
  name: z.string(),
  version: z.string().default(''),
  hashes: z.array(z.looseObject({ alg: z.string() })).default([]),
  licenses: z
    .array(
      z.looseObject({
        expression: z.string().optional(),
        license: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
      }),
    )
    .default([]),
  properties: z.array(z.looseObject({ name: z.string(), value: z.string().default('') })).default([]),
});

const schema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z.looseObject({ component: componentSchema.optional() }).optional(),
  components: z.array(componentSchema).default([]),
});

/** One package as the bill of materials of a bundle describes it. */
export interface ListedPackage {
  name: string;
  version: string;
  /** SPDX id or expression, or a name; `not stated` where package.json says nothing. */
  licence: string;
  /** Its lockfile states an integrity, or a checksum of Yarn's. */
  hashed: boolean;
  /** `inlined`, `hoisted`, `embedded`. */
  placements: string[];
  /** Share of the output in bytes; 0 where nothing is inlined. */
  inlinedBytes: number;
  /** Bundle paths of its folders. */
  paths: string[];
  reason?: string;
}

/** The bill of materials of a bundle. */
export interface ListedPackages {
  /** For example `CycloneDX 1.6`. */
  format: string;
  packages: ListedPackage[];
  /** The plugin's own share of the output, bytes. */
  ownBytes: number;
}

/** Reads the SBOM of the bundle folder `dir`; undefined if there is none that can be read. */
export async function readSbom(dir: string): Promise<ListedPackages | undefined> {
  const file = join(dir, SBOM_FILE);
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile() || info.size > MAX_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
  const { success, data } = schema.safeParse(value);
  if (!success) return undefined;
  return {
    format: `CycloneDX ${data.specVersion}`,
    packages: data.components.map(listed),
    ownBytes: data.metadata?.component ? listed(data.metadata.component).inlinedBytes : 0,
  };
}

function listed({
  group,
  name,
  version,
  hashes,
  licenses,
  properties,
}: z.infer<typeof componentSchema>): ListedPackage {
  const values = (wanted: string): string[] =>
    properties.filter((entry) => entry.name === wanted).map(({ value }) => value);
  const licences = licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? '');
  const [reason] = values(SBOM_PROPERTY.reason);
  return {
    name: group ? `${group}/${name}` : name,
    version,
    licence: licences.filter((text) => text !== '').join(' AND ') || 'not stated',
    hashed: hashes.length > 0 || values(SBOM_PROPERTY.yarnChecksum).length > 0,
    placements: values(SBOM_PROPERTY.placement),
    inlinedBytes: Number.parseInt(values(SBOM_PROPERTY.bytes)[0] ?? '0', 10) || 0,
    paths: values(SBOM_PROPERTY.path),
    ...(reason !== undefined && { reason }),
  };
}

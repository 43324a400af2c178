import type { Config } from '@backstage/config';
import { Section } from './section';

/** Which users may change plugins through the portal, and how. */
export interface AccessSettings {
  /** Full entity refs of users and groups, in lower case, for example `group:default/platform`. */
  operators: string[];
  /** Whether the portal accepts uploads. */
  upload: boolean;
}

const ENTITY_REF = /^(user|group):(?:([^\s:/*]+)\/)?([^\s:/*]+)$/i;

/** Reads `dynamicPlugins.operators` and `dynamicPlugins.upload`. */
export function readAccess(parent: Section): AccessSettings {
  const operators = parent.strings('operators').flatMap((ref) => readEntityRef(parent, ref) ?? []);
  return { operators, upload: parent.section('upload', ['enabled']).boolean('enabled') ?? true };
}

/** {@link readAccess} for a portal that may have no root directory; its config has passed `readSettings`. */
export function readAccessSettings(config: Config): AccessSettings {
  return readAccess(new Section(config, '', []).section('dynamicPlugins'));
}

/** As Backstage compares entity refs: complete, without regard to case. */
function readEntityRef(section: Section, ref: string): string | undefined {
  const [, kind, namespace = 'default', name] = ENTITY_REF.exec(ref) ?? [];
  if (kind && name) return `${kind}:${namespace}/${name}`.toLowerCase();
  return section.fault('operators', `holds '${ref}'`, 'entity refs of users and groups, e.g. group:default/platform');
}

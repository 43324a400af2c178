import { validRange } from 'semver';
import type { Section } from './section';

/** Packages by name, and by version where given. */
export interface PackageRule {
  /** A package name; `*` stands for any characters. With or without the suffix `-dynamic`. */
  name: string;
  /** A semver range. */
  version?: string;
}

/** Which packages may be loaded. */
export interface PackageSettings {
  /** Undefined: all that are not denied. */
  allow?: PackageRule[];
  deny: PackageRule[];
}

/** Reads `dynamicPlugins.packages`. */
export function readPackages(parent: Section): PackageSettings {
  const section = parent.section('packages', ['allow', 'deny']);
  return { allow: readRules(section, 'allow'), deny: readRules(section, 'deny') ?? [] };
}

function readRules(parent: Section, key: string): PackageRule[] | undefined {
  return parent.list(key, ['name', 'version'])?.map((section) => {
    const name = section.string('name');
    if (name === undefined && !section.has('name'))
      section.fault('name', 'is missing', "a package name, e.g. '@acme/*'");
    const version = section.string('version');
    if (version !== undefined && validRange(version) === null) {
      section.fault('version', `is '${version}'`, "a semver range, e.g. '>=1.2.0 <2'");
    }
    return { name: name ?? '', version };
  });
}

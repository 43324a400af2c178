/**
 * The bodies of the admin API. They come from the loader, which answers with them; by path and not by package, so that the
 * declarations of this package hold them and an app does not need the loader.
 */
export type * from '../../../loader/src/adminApi';

/** What is read here of a software bill of materials (CycloneDX). */
export interface Sbom {
  components?: Array<{ name: string; version?: string; group?: string; licenses?: SbomLicense[] }>;
}

type SbomLicense = { license?: { id?: string; name?: string }; expression?: string };

declare module 'npm-pick-manifest' {
  /** The version of a packument that a range, version or tag means, by npm's rules. Throws ETARGET, ENOVERSIONS, E403. */
  export default function pickManifest(packument: object, wanted: string, settings: Record<string, unknown>): unknown;
}

declare module 'npm-packlist' {
  /** The part of an arborist node that is read. Gives paths relative to `path`, `/`-separated. */
  export default function packlist(tree: {
    path: string;
    package: Record<string, unknown>;
    isProjectRoot: boolean;
    edgesOut: Map<string, unknown>;
  }): Promise<string[]>;
}

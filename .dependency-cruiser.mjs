/** Rules for imports between our own files: `npm run lint`. Type imports count, because they join files for a reader too. */
export default {
  forbidden: [
    {
      name: 'no-circular-files',
      comment: 'Files that import each other, also through others, cannot be read or moved one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      comment: 'A folder that depends on one that depends on it is not a room of its own.',
      scope: 'folder',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'bundle-depends-on-nobody',
      severity: 'error',
      from: { path: '^bundle/src' },
      to: { path: '^(cli|loader|portal|plugin-console)/|node_modules/@backstage/' },
    },
    {
      name: 'cli-and-loader-are-apart',
      severity: 'error',
      from: { path: '^(cli|loader)/src' },
      to: { path: '^(cli|loader|portal|plugin-console)/src', pathNot: '^$1/src' },
    },
    {
      name: 'loader-depends-on-no-portal',
      severity: 'error',
      from: { path: '^loader/src' },
      to: { path: '^(portal|plugin-console)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'types'] },
  },
};

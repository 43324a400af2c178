/** Rules for imports between our own files: `npm run lint`. Type imports count, because they join files for a reader too. */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Files that import each other, also by a chain and by types, cannot be read or moved one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      scope: 'folder',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages',
      severity: 'error',
      from: { path: '^bundle/src' },
      to: { path: '^(cli|loader|portal|plugin-console)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'types'] },
  },
};

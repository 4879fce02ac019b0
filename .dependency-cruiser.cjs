/** Only what lint cannot see: circles. Which layer may import which is in eslint.config.mjs. */
module.exports = {
  forbidden: [{ name: 'no-circle', severity: 'error', comment: 'Move what both need into a module of its own.', from: {}, to: { circular: true } }],
  options: {
    tsPreCompilationDeps: true, // circles of types count too
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

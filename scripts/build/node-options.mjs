/**
 * How TypeScript is compiled for Node. Packages are not bundled, except for those of `packages-inside.mjs` in the programs
 * of the app. `keepNames` is off: it costs a property store for every function that an answer creates, which was a fifth
 * of the CPU time.
 * @type {import('esbuild').BuildOptions}
 */
export const nodeOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  splitting: true,
  // All in one folder, so that code in any of them finds the other built files.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  charset: 'utf8',
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'silent',
}

/**
 * How TypeScript becomes JavaScript for Node. Packages stay outside. Names of functions are not kept by force: that
 * costs a property store for every function an answer makes, which was a fifth of the processor's time.
 * @type {import('esbuild').BuildOptions}
 */
export const nodeOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  splitting: true,
  // Beside one another: code that names a built file finds it from any of them.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  charset: 'utf8',
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'silent',
}

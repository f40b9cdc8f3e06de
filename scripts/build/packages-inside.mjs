/**
 * Packages that are part of the programs, with all that they need themselves. To find and read their many small files
 * is almost half of what the start of a process takes, and an ingest starts several.
 *
 * They are plain modules: without binaries or files that they read when they run, and no package that stays outside takes
 * objects of theirs that only the same copy could make.
 * @type {ReadonlySet<string>}
 */
export const packagesInside = new Set([
  '@orama/stemmers',
  '@orama/stopwords',
  'acorn',
  'acorn-jsx',
  'any-ascii',
  'decode-named-character-reference',
  'eventsource-parser',
  'github-slugger',
  'highlight.js',
  'mdast-util-gfm-footnote',
  'mdast-util-gfm-strikethrough',
  'mdast-util-gfm-table',
  'mdast-util-gfm-task-list-item',
  'micromark-extension-gfm-footnote',
  'micromark-extension-gfm-strikethrough',
  'micromark-extension-gfm-table',
  'micromark-extension-gfm-task-list-item',
  'micromark-util-decode-numeric-character-reference',
  'micromark-util-decode-string',
  're2js',
  'rehype-sanitize',
  'rehype-stringify',
  'remark',
  'remark-gfm',
  'remark-rehype',
  'smol-toml',
  'stemmer',
  'unist-util-visit',
  'zod',
])

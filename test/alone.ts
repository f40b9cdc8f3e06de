/**
 * Test files that run in a process of their own: those that replace a module, or look at what a process has loaded or what
 * memory it needs, and those that load few of the sources but start browsers or many processes, which take long.
 */
export const alone: readonly string[] = [
  'test/{build,cli,eval,ingestion,main,web/browser,web/sites}/**/*.test.ts',
  'test/**/{busy-machine,crash,sources-process}.test.ts',
  'test/generators/script-config.test.ts',
  'test/http/{docs-renderer,wire-fuzz}.test.ts',
  'test/markdown/long-lines.test.ts',
]

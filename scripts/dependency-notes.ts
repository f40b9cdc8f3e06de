/** What each dependency does for us. The README's table is generated from this; a package without a note fails the check. */
export const dependencyNotes: Readonly<Record<string, string>> = {
  '@anthropic-ai/sdk': 'Builds the requests to Claude, and its errors.',
  '@modelcontextprotocol/node':
    'Connects that server to the requests of Express. It brings hono, of which nothing else is used.',
  '@modelcontextprotocol/server':
    'The Model Context Protocol, in both of its eras, over HTTP and stdio; loaded when a client comes.',
  '@orama/stemmers': 'Snowball’s word stems of some thirty languages, for searching words.',
  '@orama/stopwords': 'Words of those languages that say nothing about a subject.',
  '@xenova/transformers':
    'transformers.js, under its original name: tokenises and runs embedding models (ONNX). Native: ONNX Runtime and sharp are prebuilt for every Node; the lock keeps ONNX Runtime from downloading GPU libraries.',
  'better-sqlite3':
    'SQLite: the index’s passages, vectors and words; the transcripts, which FTS5 searches. Native, prebuilt, for Node 22.14 and later: older versions crash with a segmentation fault.',
  'better-sqlite3-12':
    'The same for older versions of Node. Native, compiled at install: it crashes Node 24.19 and later. `src/native/sqlite.ts` loads the matching one, and the lock lets npm install this one only where it is needed.',
  acorn:
    'Reads the `import` and `export` statements of MDX pages, as MDX itself does, and the configurations of site generators.',
  'acorn-jsx': 'JSX elements in those statements.',
  'any-ascii': 'Writes any letters in ASCII, as Zola does in its addresses and anchors.',
  chokidar: 'Watches the content folder for `ingest --watch`.',
  'cli-progress': 'Progress bars on a terminal.',
  'decode-named-character-reference':
    'What the named characters of HTML stand for, as `&times;`, where HTML is read.',
  dotenv: 'Reads `.env`.',
  eld: 'Tells the language of pages and questions, by n-grams.',
  esbuild: 'Compiles and bundles the server, the widget and the page. A prebuilt program for each system.',
  'eventsource-parser':
    'Reads event streams, in the client, which the widget is built on, and in `npm run ask`.',
  express: 'The HTTP server’s routes.',
  'github-slugger': 'Heading anchors as GitHub makes them.',
  'gray-matter': 'Separates front matter from Markdown. Its JavaScript engines are disabled.',
  helmet: 'Security headers.',
  'highlight.js': 'Colours code, in answers and in the rendered `/docs` pages.',
  'hnswlib-node':
    'The HNSW vector index. Native, compiled at install in ten seconds; the result runs on every version of Node.',
  lit: 'The web component’s rendering.',
  marked: 'Cuts Markdown into tokens: in the browser while it streams, and in tests.',
  'mdast-util-gfm-footnote':
    'Footnotes in remark’s tree, where passages are made: of GFM just the parts that they need.',
  'mdast-util-gfm-strikethrough': 'Strikethrough in that tree.',
  'mdast-util-gfm-table': 'Tables in that tree.',
  'mdast-util-gfm-task-list-item': 'Task lists in that tree.',
  'micromark-extension-gfm-footnote': 'The syntax of footnotes.',
  'micromark-extension-gfm-strikethrough': 'The syntax of strikethrough.',
  'micromark-extension-gfm-table': 'The syntax of tables.',
  'micromark-extension-gfm-task-list-item': 'The syntax of task lists.',
  'micromark-util-decode-numeric-character-reference':
    'What numbers of characters stand for in HTML, as `&#215;`.',
  'micromark-util-decode-string': 'Resolves the references and escapes in Markdown as it is written.',
  pg: 'PostgreSQL’s protocol, its pools and messages; loaded only where `DATABASE_URL` is set. Pure JavaScript.',
  picomatch: 'The globs of generators’ configurations: which files are excluded.',
  pino: 'The server’s log, as JSON lines.',
  'pino-pretty': 'The same log for people, on a terminal.',
  'prom-client': 'Metrics for Prometheus.',
  re2js: 'Patterns of the operator’s own for redaction, in time proportional to the text; no native code.',
  'rehype-sanitize': 'Sanitises the rendered `/docs` pages.',
  'rehype-stringify': 'Writes the rendered `/docs` pages.',
  remark: 'Markdown to a syntax tree with positions, for passages and for the rendered `/docs` pages.',
  'remark-gfm': 'Tables, task lists, footnotes and autolinks, on the rendered pages.',
  'remark-rehype': 'Markdown’s tree to HTML’s.',
  'smol-toml': 'TOML front matter and site configurations.',
  stemmer: 'English word stems (Porter), for searching words.',
  undici:
    'Sends requests to Claude and reads the answers from the connection. Version 7, because later ones need Node 22.',
  'unist-util-visit': 'Walks syntax trees.',
  uplot: 'Plots of the console, on a canvas; loaded with its figures alone.',
  ws: 'WebSocket.',
  zod: 'Checks request bodies.',
}

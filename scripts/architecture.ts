/**
 * The folders of `src`, from the lowest layer up: what each contains and which others it may import. The architecture
 * test enforces this; the table in content/contributing.md and the map in README.md are generated from it.
 */
export interface SourceFolder {
  readonly name: string
  /** One line for somebody who opens the repository for the first time. */
  readonly about: string
  /** Folders of `src` that it may import; the test fails for one that it does not. */
  readonly mayImport: readonly string[]
  /** Another entry besides its `index.ts`, and which folder may import it. */
  readonly secondEntry?: {readonly file: string; readonly importedBy: string}
  /** Why other folders may import its files directly. Undefined if they must import its `index.ts`. */
  readonly openBecause?: string
}

export const sourceFolders: readonly SourceFolder[] = [
  {
    name: 'domain',
    about: 'The words everyone uses: question, page, source, the events of an answer, errors.',
    mayImport: [],
  },
  {
    name: 'lib',
    about: 'Helpers that know nothing of Docent: cutting and cleaning text, vectors, random numbers, caches.',
    mayImport: [],
    openBecause: 'each file is a tool of its own',
  },
  {
    name: 'package',
    about: 'Where Docent is installed: its files, its version, and how its commands are run there.',
    mayImport: [],
  },
  {
    name: 'text',
    about: 'Words, sentences and links of a text, in any language.',
    mayImport: ['lib'],
    openBecause: 'each file is a tool of its own, and the page takes some of them alone',
  },
  {
    name: 'redaction',
    about: 'Text without e-mail addresses, keys, passwords, card and phone numbers.',
    mayImport: [],
  },
  {
    name: 'settings',
    about: 'The environment, read and checked once.',
    mayImport: ['domain', 'lib', 'redaction'],
  },
  {
    name: 'native',
    about: 'What is compiled for a machine or depends on it: SQLite, packages with binaries, private files.',
    mayImport: ['domain', 'package'],
  },
  {
    name: 'postgres',
    about: 'PostgreSQL, for several servers at once: connections, transactions, messages, migrations.',
    mayImport: ['domain', 'lib'],
  },
  {
    name: 'sources',
    about: 'Where docs live: folders, and git repositories that are fetched and asked for changes.',
    mayImport: ['domain', 'lib', 'settings', 'native'],
  },
  {
    name: 'processes',
    about: 'Pools of child processes with limits on time and memory.',
    mayImport: [],
  },
  {
    name: 'answers',
    about: 'State, journal and ids of an answer.',
    mayImport: ['domain', 'lib'],
  },
  {
    name: 'markdown',
    about: 'Markdown of any site generator to pages, sections and passages; and to HTML.',
    mayImport: ['domain', 'lib', 'text'],
    secondEntry: {file: 'dialect-kit.ts', importedBy: 'generators'},
  },
  {
    name: 'generators',
    about:
      'Site generators, a file or a folder each: how a project is found, its routes, anchors, languages, versions and syntaxes.',
    mayImport: ['lib', 'markdown'],
  },
  {
    name: 'embedding',
    about: 'Text to vectors, by a model in this process.',
    mayImport: ['domain', 'lib', 'package', 'native', 'text'],
  },
  {
    name: 'search-index',
    about: 'Builds of the index: written, verified, opened, searched by words and by vectors.',
    mayImport: ['domain', 'lib', 'package', 'native', 'postgres', 'text', 'markdown'],
  },
  {
    name: 'question-sets',
    about: 'Questions with known right sections, and how a result list scores against them.',
    mayImport: ['domain', 'lib', 'search-index', 'postgres'],
  },
  {
    name: 'retrieval',
    about: 'A question to the sections that answer it, or to the statement that none does.',
    mayImport: ['domain', 'lib', 'package', 'text', 'processes', 'embedding', 'search-index'],
  },
  {
    name: 'mcp',
    about: 'The docs as tools and resources of the Model Context Protocol, over any transport.',
    mayImport: ['domain', 'lib', 'package', 'text', 'search-index', 'retrieval'],
    // What the docs are called, without the SDK.
    secondEntry: {file: 'docs.ts', importedBy: 'http'},
  },
  {
    name: 'generation',
    about: 'Sources to a cited answer: by Claude, or quoted from the sources themselves.',
    mayImport: ['domain', 'lib', 'text', 'redaction'],
  },
  {
    name: 'ingestion',
    about:
      'A folder of Markdown to a new build, in processes of its own, published when it passes its gates.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'text',
      'settings',
      'sources',
      'processes',
      'markdown',
      'generators',
      'embedding',
      'search-index',
      'question-sets',
      'retrieval',
      'postgres',
    ],
  },
  {
    name: 'evaluation',
    about: 'How good retrieval and answers are on question sets, with intervals and comparisons.',
    mayImport: [
      'domain',
      'lib',
      'text',
      'markdown',
      'embedding',
      'search-index',
      'question-sets',
      'retrieval',
      'generation',
      'ingestion',
    ],
  },
  {
    name: 'answering',
    about: 'Answers as runs that live apart from any connection: begun, read, resumed, stopped.',
    mayImport: ['domain', 'lib', 'text', 'redaction', 'answers', 'retrieval', 'generation'],
  },
  {
    name: 'transcripts',
    about:
      'The log of answers in SQLite or PostgreSQL: written behind, searched, reviewed, exported, erased.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'text',
      'redaction',
      'native',
      'postgres',
      'processes',
      'answers',
    ],
  },
  {
    name: 'staff',
    about:
      'Who works with Docent: people with roles, invitations and sessions, and the audit log, in SQLite or PostgreSQL.',
    mayImport: ['domain', 'lib', 'native', 'postgres'],
  },
  {
    name: 'verified',
    about: 'Answers that staff wrote and stand for, and when they are given.',
    mayImport: ['domain', 'lib', 'text', 'markdown', 'native', 'postgres', 'search-index', 'retrieval'],
  },
  {
    name: 'golden',
    about: 'Golden questions that staff made of answers, in a question file of their own.',
    mayImport: [
      'domain',
      'lib',
      'redaction',
      'native',
      'search-index',
      'question-sets',
      'retrieval',
      'postgres',
    ],
  },
  {
    name: 'gaps',
    about: 'What the docs fail to answer: questions grouped by meaning, and which build closes a group.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'native',
      'processes',
      'answers',
      'embedding',
      'search-index',
      'retrieval',
      'transcripts',
      'postgres',
    ],
  },
  {
    name: 'notify',
    about: 'Signed messages to other programs: kept until they are sent, and tried again.',
    mayImport: ['domain', 'lib', 'native', 'answers', 'transcripts', 'gaps', 'postgres'],
  },
  {
    name: 'http',
    about: 'The routes: answers as streams, search, docs, staff, limits.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'text',
      'redaction',
      'postgres',
      'processes',
      'answers',
      'markdown',
      'search-index',
      'question-sets',
      'retrieval',
      'mcp',
      'answering',
      'transcripts',
      'staff',
      'verified',
      'golden',
      'gaps',
    ],
  },
  {
    name: 'server',
    about: 'All folders put together: what answers in this process, and the server with what staff use.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'redaction',
      'settings',
      'native',
      'postgres',
      'sources',
      'answers',
      'embedding',
      'search-index',
      'question-sets',
      'retrieval',
      'generation',
      'ingestion',
      'answering',
      'transcripts',
      'staff',
      'verified',
      'golden',
      'gaps',
      'notify',
      'http',
    ],
  },
  {
    name: 'cli',
    about:
      'The `docent` command: serve, mcp, ingest, ask, eval, transcripts, staff, verified, gaps, withdraw, backup.',
    mayImport: [
      'domain',
      'lib',
      'package',
      'text',
      'redaction',
      'settings',
      'native',
      'postgres',
      'answers',
      'embedding',
      'search-index',
      'question-sets',
      'retrieval',
      'mcp',
      'ingestion',
      'generation',
      'evaluation',
      'transcripts',
      'staff',
      'verified',
      'gaps',
      'server',
    ],
    openBecause: 'it is the program: nothing in `src` imports it',
  },
  {
    name: 'web',
    about:
      'The page and the widget in the visitor’s browser, on the client in `packages/client`; the console in that of staff.',
    mayImport: ['domain', 'lib', 'text'],
    openBecause: 'nothing but the build imports it',
  },
]

/**
 * Who may call a route:
 *
 * - `anyone`: every program and every page
 * - `visitors`: programs, this server's own pages and those of `ALLOWED_ORIGINS`; below `/v1` with `API_TOKEN`, if it is set
 * - `own pages`: programs and this server's own pages
 * - `staff`: whoever is signed in, in any role
 * - `support`, `docs`: staff of that role, and `admin`
 * - `admin`: staff of that role alone
 * - `operators`: this machine, or whoever has `METRICS_TOKEN`
 *
 * Staff come from this server's own pages or send their token from a program.
 */
export type Caller =
  | 'anyone'
  | 'visitors'
  | 'own pages'
  | 'staff'
  | 'support'
  | 'docs'
  | 'admin'
  | 'operators'

export interface Route {
  /** A route for `GET` also accepts `HEAD`. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In the syntax of Express: `:id` for one segment, `*route` for the rest. */
  readonly path: string
  readonly caller: Caller
  /** One line for the documentation. */
  readonly about: string
  /** Set for files that are served by name, without an Express route. */
  readonly isFile?: true
}

/**
 * All routes, in the order of the documentation, which is generated from this table. Responses with 405 use it as well.
 */
export const routes: readonly Route[] = [
  {method: 'POST', path: '/api/answers', caller: 'visitors', about: 'Ask; answers as a stream or as JSON.'},
  {method: 'GET', path: '/api/answers/:id', caller: 'visitors', about: 'An answer as JSON.'},
  {
    method: 'GET',
    path: '/api/answers/:id/events',
    caller: 'visitors',
    about: 'The events of an answer, from any point.',
  },
  {method: 'POST', path: '/api/answers/:id/stop', caller: 'visitors', about: 'Stop an answer.'},
  {method: 'POST', path: '/api/answers/:id/feedback', caller: 'visitors', about: 'Rate an answer.'},
  {
    method: 'POST',
    path: '/api/answers/:id/timings',
    caller: 'visitors',
    about: 'Report when the first source of an answer was on the screen, or which source was opened.',
  },
  {
    method: 'DELETE',
    path: '/api/conversations/:id',
    caller: 'visitors',
    about: 'Delete a conversation with all its answers.',
  },
  {
    method: 'POST',
    path: '/api/chat',
    caller: 'visitors',
    about: 'Ask with the AI SDK, as `useChat` does: a UI message stream.',
  },
  {
    method: 'GET',
    path: '/api/chat/:id/stream',
    caller: 'visitors',
    about:
      'The stream of a chat’s answer from its beginning, while it is being written or nobody has read its end.',
  },
  {
    method: 'POST',
    path: '/api/chat/:id/stop',
    caller: 'visitors',
    about: 'Stop what is written in the chat.',
  },
  {method: 'GET', path: '/api/search', caller: 'visitors', about: 'Search for sections, without an answer.'},
  {
    method: 'POST',
    path: '/api/sources',
    caller: 'visitors',
    about: 'The sources that an answer would show, before it is asked.',
  },
  {
    method: 'GET',
    path: '/api/section',
    caller: 'visitors',
    about: 'A section as Markdown, to be read beside an answer.',
  },
  {
    method: 'GET',
    path: '/api/info',
    caller: 'visitors',
    about: 'What writes the answers, the languages of the docs, the assistant’s name and look.',
  },
  {method: 'GET', path: '/api/ws', caller: 'visitors', about: 'Ask, read and stop over a WebSocket.'},
  {
    method: 'POST',
    path: '/v1/chat/completions',
    caller: 'visitors',
    about: 'Ask as with OpenAI’s Chat Completions API; as a stream or in one piece.',
  },
  {
    method: 'POST',
    path: '/v1/responses',
    caller: 'visitors',
    about: 'Ask as with OpenAI’s Responses API; as a stream or in one piece.',
  },
  {
    method: 'GET',
    path: '/v1/models',
    caller: 'visitors',
    about: 'The models of the OpenAI-compatible API: one, `docent`.',
  },
  {method: 'GET', path: '/v1/models/:id', caller: 'visitors', about: 'A model of the OpenAI-compatible API.'},
  {
    method: 'POST',
    path: '/mcp',
    caller: 'visitors',
    about: 'The docs for agents, over the Model Context Protocol.',
  },
  {
    method: 'GET',
    path: '/mcp/server-card',
    caller: 'anyone',
    about: 'What this MCP server is and where, before a client connects.',
  },
  {
    method: 'GET',
    path: '/.well-known/mcp',
    caller: 'anyone',
    about: 'The MCP server card, where some programs look for it.',
  },
  {
    method: 'GET',
    path: '/.well-known/mcp/server-card.json',
    caller: 'anyone',
    about: 'The MCP server card, as a file.',
  },
  {
    method: 'GET',
    path: '/.well-known/ai-catalog.json',
    caller: 'anyone',
    about: 'Where the MCP server card is, for programs that know only the host.',
  },
  {method: 'GET', path: '/', caller: 'anyone', about: 'The visitor’s page.'},
  {method: 'GET', path: '/index.html', caller: 'anyone', about: 'The visitor’s page, by its file name.'},
  {
    method: 'GET',
    path: '/look.css',
    caller: 'anyone',
    about: 'The colour and radius of the visitor’s page, as they are set.',
  },
  {
    method: 'GET',
    path: '/page.js',
    caller: 'anyone',
    about: 'The script of the visitor’s page.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/page.css',
    caller: 'anyone',
    about: 'The style sheet of the visitor’s page.',
    isFile: true,
  },
  {method: 'GET', path: '/icon.svg', caller: 'anyone', about: 'The icon of the pages.', isFile: true},
  {method: 'GET', path: '/widget.js', caller: 'anyone', about: 'The embeddable element.', isFile: true},
  {
    method: 'GET',
    path: '/highlighter.js',
    caller: 'anyone',
    about: 'Colours code in the embeddable element; loaded when needed.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/renderer.js',
    caller: 'anyone',
    about: 'Renders answers in the embeddable element; loaded when needed.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/locales/:file',
    caller: 'anyone',
    about: 'The words of the embeddable element in other languages; loaded when needed.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/licenses.txt',
    caller: 'anyone',
    about: 'The licence notices of the scripts.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/docs',
    caller: 'anyone',
    about: 'The ingested pages: their start page; `?all=1` lists them.',
  },
  {
    method: 'GET',
    path: '/docs/*route',
    caller: 'anyone',
    about:
      'An ingested page, as HTML, or as Markdown: with `.md`, or by `Accept`. `?ask=` answers a question, `/docs/search?q=` searches.',
  },
  {method: 'GET', path: '/llms.txt', caller: 'anyone', about: 'The list of the pages for agents.'},
  {method: 'GET', path: '/llms-full.txt', caller: 'anyone', about: 'The pages themselves, in one file.'},
  {method: 'GET', path: '/robots.txt', caller: 'anyone', about: 'What crawlers may fetch.'},
  {
    method: 'GET',
    path: '/assets/:file',
    caller: 'anyone',
    about: 'Style sheets and scripts of the ingested pages.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    caller: 'anyone',
    about: 'This interface, for programs: an OpenAPI 3.1 document.',
  },
  {method: 'GET', path: '/healthz', caller: 'anyone', about: 'Whether the process is running.'},
  {method: 'GET', path: '/readyz', caller: 'anyone', about: 'Whether it can answer questions.'},
  {method: 'GET', path: '/metrics', caller: 'operators', about: 'Figures for Prometheus.'},
  {
    method: 'GET',
    path: '/handover/:key',
    caller: 'anyone',
    about: 'One conversation, redacted, for whoever has the link that staff made.',
  },
  {method: 'GET', path: '/console', caller: 'anyone', about: 'The console of staff, which asks to sign in.'},
  {
    method: 'GET',
    path: '/console/*view',
    caller: 'anyone',
    about: 'A view of the console, as `/console/transcripts/ID`.',
  },
  {
    method: 'GET',
    path: '/replay.js',
    caller: 'anyone',
    about: 'The script that a replay in a file has inside.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/replay.css',
    caller: 'anyone',
    about: 'The style sheet that a replay in a file has inside.',
    isFile: true,
  },
  {
    method: 'GET',
    path: '/console.css',
    caller: 'anyone',
    about: 'The style sheet of the console.',
    isFile: true,
  },
  {method: 'GET', path: '/console.js', caller: 'anyone', about: 'The script of the console.', isFile: true},
  {
    method: 'GET',
    path: '/console-:file.js',
    caller: 'anyone',
    about: 'Parts of the console; loaded when needed.',
    isFile: true,
  },
  {method: 'POST', path: '/api/admin/session', caller: 'own pages', about: 'Sign in with a token.'},
  {method: 'GET', path: '/api/admin/session', caller: 'staff', about: 'The role of the session.'},
  {method: 'DELETE', path: '/api/admin/session', caller: 'own pages', about: 'Sign out.'},
  {method: 'GET', path: '/api/admin/me', caller: 'staff', about: 'Who is signed in, and may do what.'},
  {method: 'POST', path: '/api/admin/me/token', caller: 'staff', about: 'Change one’s own token.'},
  {method: 'POST', path: '/api/admin/invitations', caller: 'own pages', about: 'Take up an invitation.'},
  {method: 'GET', path: '/api/admin/people', caller: 'admin', about: 'The people of the staff.'},
  {method: 'POST', path: '/api/admin/people', caller: 'admin', about: 'Invite somebody.'},
  {
    method: 'DELETE',
    path: '/api/admin/people/:id',
    caller: 'admin',
    about: 'Remove somebody who is switched off.',
  },
  {
    method: 'POST',
    path: '/api/admin/people/:id/invitation',
    caller: 'admin',
    about: 'Invite somebody again, who has lost the link or the token.',
  },
  {
    method: 'DELETE',
    path: '/api/admin/people/:id/invitation',
    caller: 'admin',
    about: 'Withdraw an invitation.',
  },
  {method: 'PUT', path: '/api/admin/people/:id/role', caller: 'admin', about: 'Change a role.'},
  {
    method: 'POST',
    path: '/api/admin/people/:id/end-sessions',
    caller: 'admin',
    about: 'Sign somebody out everywhere; the token works.',
  },
  {
    method: 'POST',
    path: '/api/admin/people/:id/switch-off',
    caller: 'admin',
    about: 'Switch somebody off, now.',
  },
  {
    method: 'POST',
    path: '/api/admin/people/:id/switch-on',
    caller: 'admin',
    about: 'Invite somebody who was switched off.',
  },
  {method: 'GET', path: '/api/admin/audit', caller: 'admin', about: 'What staff did, and when.'},
  {method: 'GET', path: '/api/admin/transcripts', caller: 'support', about: 'List and search transcripts.'},
  {
    method: 'GET',
    path: '/api/admin/transcripts/values',
    caller: 'support',
    about: 'The models, builds, pages and so on that a filter can ask for.',
  },
  {
    method: 'GET',
    path: '/api/admin/transcripts/export',
    caller: 'support',
    about: 'Export transcripts as JSON lines or CSV; redacted for all but the admin.',
  },
  {
    method: 'GET',
    path: '/api/admin/transcripts/:answerId',
    caller: 'support',
    about: 'A transcript, with every event.',
  },
  {
    method: 'GET',
    path: '/api/admin/transcripts/:answerId/replay.html',
    caller: 'support',
    about: 'A transcript as a file that plays it without the server; redacted for all but the admin.',
  },
  {
    method: 'GET',
    path: '/api/admin/transcripts/:answerId/prompt',
    caller: 'support',
    about: 'The requests that were sent to the model for an answer.',
  },
  {
    method: 'GET',
    path: '/api/admin/transcripts/:answerId/sources',
    caller: 'support',
    about: 'The sources of an answer as they were shown, and what has become of them in the docs.',
  },
  {
    method: 'PUT',
    path: '/api/admin/transcripts/:answerId/review',
    caller: 'support',
    about: 'Write a review of an answer.',
  },
  {
    method: 'POST',
    path: '/api/admin/transcripts/:answerId/golden',
    caller: 'support',
    about: 'Make the question of a transcript a golden question.',
  },
  {
    method: 'POST',
    path: '/api/admin/transcripts/:answerId/handover',
    caller: 'support',
    about: 'Make a link that shows a conversation, redacted, without a sign-in.',
  },
  {method: 'GET', path: '/api/admin/handovers', caller: 'support', about: 'The hand-over links.'},
  {
    method: 'DELETE',
    path: '/api/admin/handovers/:id',
    caller: 'support',
    about: 'Withdraw a hand-over link.',
  },
  {
    method: 'DELETE',
    path: '/api/admin/transcripts/:answerId',
    caller: 'admin',
    about: 'Delete an answer with its transcript.',
  },
  {
    method: 'DELETE',
    path: '/api/admin/visitors/:visitor',
    caller: 'admin',
    about: 'Delete all answers to questions from one address, by its `visitor`.',
  },
  {
    method: 'GET',
    path: '/api/admin/analytics',
    caller: 'staff',
    about: 'Figures of a period: endings, waiting times, pages, patience.',
  },
  {
    method: 'GET',
    path: '/api/admin/storage',
    caller: 'staff',
    about: 'What the transcripts take, their limit, and how long they are kept.',
  },
  {
    method: 'GET',
    path: '/api/admin/verified',
    caller: 'staff',
    about: 'Verified answers, in any state.',
  },
  {method: 'POST', path: '/api/admin/verified', caller: 'staff', about: 'Propose a verified answer.'},
  {
    method: 'GET',
    path: '/api/admin/verified/:id',
    caller: 'staff',
    about: 'A verified answer, with its text.',
  },
  {method: 'PUT', path: '/api/admin/verified/:id', caller: 'staff', about: 'Rewrite a verified answer.'},
  {method: 'DELETE', path: '/api/admin/verified/:id', caller: 'docs', about: 'Delete a verified answer.'},
  {
    method: 'POST',
    path: '/api/admin/verified/:id/publish',
    caller: 'docs',
    about: 'Publish a verified answer, also again after its page has changed.',
  },
  {
    method: 'POST',
    path: '/api/admin/verified/:id/withdraw',
    caller: 'docs',
    about: 'Withdraw a verified answer: it is not given any more.',
  },
  {
    method: 'GET',
    path: '/api/admin/golden',
    caller: 'staff',
    about: 'The golden questions of the staff, with their sections.',
  },
  {method: 'DELETE', path: '/api/admin/golden/:id', caller: 'docs', about: 'Delete a golden question.'},
  {
    method: 'GET',
    path: '/api/admin/gaps',
    caller: 'staff',
    about: 'What the docs fail to answer, grouped by meaning.',
  },
  {method: 'POST', path: '/api/admin/gaps/group', caller: 'docs', about: 'Group unanswered questions now.'},
  {method: 'GET', path: '/api/admin/gaps/:id', caller: 'staff', about: 'A gap, with its questions.'},
  {
    method: 'PATCH',
    path: '/api/admin/gaps/:id',
    caller: 'docs',
    about: 'Assign a gap, note something, close, dismiss or reopen it.',
  },
  {
    method: 'POST',
    path: '/api/admin/gaps/:id/golden',
    caller: 'docs',
    about: 'Make golden questions of a gap.',
  },
  {method: 'GET', path: '/api/admin/builds', caller: 'docs', about: 'The builds that are kept.'},
  {
    method: 'GET',
    path: '/api/admin/builds/:id',
    caller: 'docs',
    about: 'A build, with the report of its ingest.',
  },
  {method: 'POST', path: '/api/admin/builds/:id/activate', caller: 'docs', about: 'Serve another build.'},
  {
    method: 'GET',
    path: '/api/admin/builds/:id/changes',
    caller: 'docs',
    about: 'What differs between two builds.',
  },
  {
    method: 'GET',
    path: '/api/admin/builds/:id/changes/section',
    caller: 'docs',
    about: 'A section in both builds.',
  },
  {
    method: 'GET',
    path: '/api/admin/coverage',
    caller: 'docs',
    about: 'Every page, with how often answers showed and cited it.',
  },
  {
    method: 'GET',
    path: '/api/admin/search/explain',
    caller: 'docs',
    about: 'What each stage of a search makes of a question.',
  },
  {method: 'GET', path: '/api/admin/reindex', caller: 'docs', about: 'The last ingests.'},
  {method: 'POST', path: '/api/admin/reindex', caller: 'docs', about: 'Start an ingest.'},
  {method: 'POST', path: '/api/admin/reindex/:id/cancel', caller: 'docs', about: 'Cancel an ingest.'},
  {
    method: 'GET',
    path: '/api/admin/reindex/:id/events',
    caller: 'docs',
    about: 'The progress of an ingest, as a stream.',
  },
]

/** The `Allow` header of each path: its methods, in the order of the table. */
export function allowOf(table: readonly Route[]): ReadonlyMap<string, string> {
  const allow = new Map<string, string>()
  for (const {path, method} of table) {
    const methods = method === 'GET' ? 'GET, HEAD' : method
    const before = allow.get(path)
    allow.set(path, before === undefined ? methods : `${before}, ${methods}`)
  }
  return allow
}

/** The methods that pages of other sites may use, for `Access-Control-Allow-Methods`. */
export function methodsForVisitors(table: readonly Route[]): string {
  const methods = table.filter(({caller}) => caller === 'visitors').map(({method}) => method)
  return [...new Set(methods)].join(', ')
}

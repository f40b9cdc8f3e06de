import {agentListQuery} from '../../docs/agents/agent-lists.ts'
import {docsAskQuery} from '../../docs/agents/docs-ask.ts'
import {
  either,
  forNow,
  html,
  json,
  type Operations,
  type Parameter,
  queryOf,
  redirect,
  text,
  withHeader,
} from '../operation.ts'

/** Markdown for agents, or HTML for people. */
const page = either(
  'By `Accept` and the ending of the address.',
  html(''),
  text('text/markdown', ''),
  text('text/plain', ''),
)

const lang: Parameter = {
  name: 'lang',
  in: 'query',
  description: 'The language of the page. Default: that of the browser.',
  schema: {type: 'string'},
}

const question: Parameter = {
  name: 'q',
  in: 'query',
  description: 'A question, put into the box.',
  schema: {type: 'string'},
}

const docsQuery: readonly Parameter[] = [
  ...queryOf(docsAskQuery.partial()),
  {
    name: 'all',
    in: 'query',
    description: 'At `/docs`: the list of all pages in place of the start page.',
    schema: {type: 'string'},
  },
  {name: 'q', in: 'query', description: 'At `/docs/search`: what is searched for.', schema: {type: 'string'}},
]

/** Of the docs; those of a question are among them. */
const errors = ['not_ready', 'not_found', 'version_not_found', 'origin_not_allowed'] as const

/** What people, agents and crawlers open. */
export const pages: Operations = {
  'GET /': {
    id: 'getPage',
    tag: 'Pages',
    parameters: [lang, question],
    replies: {200: html('The page.')},
  },
  'GET /index.html': {
    id: 'getIndexPage',
    tag: 'Pages',
    parameters: [lang, question],
    replies: {200: html('The page.')},
  },
  'GET /look.css': {id: 'getLook', tag: 'Pages', replies: {200: text('text/css', 'The style sheet.')}},
  'GET /docs': {
    id: 'getDocs',
    tag: 'Docs',
    parameters: docsQuery,
    replies: {200: page},
    errors,
  },
  'GET /docs/*route': {
    id: 'getDocsPage',
    tag: 'Docs',
    description: '`route` may have slashes. With `.md` at its end, the page comes as Markdown.',
    parameters: docsQuery,
    replies: {
      200: page,
      302: withHeader(redirect('Another page is meant.'), 'Location', 'The address of that page.'),
    },
    errors,
  },
  'GET /llms.txt': {
    id: 'getLlmsTxt',
    tag: 'Docs',
    parameters: queryOf(agentListQuery),
    replies: {200: text('text/markdown', 'The list.')},
    errors: ['not_ready', 'not_found', 'version_not_found'],
  },
  'GET /llms-full.txt': {
    id: 'getLlmsFullTxt',
    tag: 'Docs',
    parameters: queryOf(agentListQuery),
    replies: {200: text('text/markdown', 'The pages.')},
    errors: ['not_ready', 'not_found', 'version_not_found'],
  },
  'GET /robots.txt': {id: 'getRobotsTxt', tag: 'Docs', replies: {200: text('text/plain', 'The rules.')}},
  'GET /openapi.json': {
    id: 'getOpenApi',
    tag: 'Server',
    replies: {
      200: {
        description: 'An OpenAPI 3.1 document.',
        content: {'application/json': {schema: {type: 'object'}}},
      },
    },
  },
  'GET /healthz': {id: 'getHealth', tag: 'Server', replies: {200: json('Health', 'It runs.')}},
  'GET /readyz': {
    id: 'getReadiness',
    tag: 'Server',
    replies: {200: json('Readiness', 'It can answer questions.')},
    errors: ['not_ready', 'shutting_down'],
  },
  'GET /metrics': {id: 'getMetrics', tag: 'Server', replies: {200: text('text/plain', 'The figures.')}},
  'GET /handover/:key': {
    id: 'getHandover',
    tag: 'Pages',
    replies: {
      200: html('The conversation.'),
      404: html('There is no such link.'),
      410: html('The link works no longer.'),
      429: forNow(either('Too many.', html(''), json('ErrorBody', ''))),
      503: forNow(html('It cannot be shown now.')),
    },
  },
  'GET /console': {
    id: 'getConsole',
    tag: 'Pages',
    parameters: [
      {name: 'token', in: 'query', description: 'Of a link that signs in once.', schema: {type: 'string'}},
    ],
    replies: {
      200: html('The page.'),
      303: withHeader(
        withHeader(
          redirect('Signed in, or not.'),
          'Location',
          'The console, without the token in its address.',
        ),
        'Set-Cookie',
        'The session, where the link was valid.',
      ),
    },
  },
  'GET /console/*view': {id: 'getConsoleView', tag: 'Pages', replies: {200: html('The page.')}},
}

import {
  askBody,
  feedbackBody,
  searchQuery,
  sectionQuery,
  socketMessage,
  timingsBody,
} from '../../request-schemas.ts'
import {jsonSchemaOf} from '../json-schema.ts'
import {
  bodyOf,
  either,
  forNow,
  json,
  nothing,
  type Operations,
  type Parameter,
  queryOf,
  type Reply,
  ref,
  stream,
} from '../operation.ts'

export const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A key of your own. A second request with the same key joins the answer that the first one began, at no cost.',
  schema: {type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$'},
}

export const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event that was read: only later ones are sent.',
  schema: {type: 'string', pattern: '^[\\w-]+:\\d{1,15}$'},
}

export const after: Parameter = {
  name: 'after',
  in: 'query',
  description: 'The number of the last event that was read. Default: that of `Last-Event-ID`, or 0 for all.',
  schema: {type: 'integer', minimum: 0, maximum: 999_999_999_999_999},
}

/** Of an answer in one piece that was refused, or that failed: its text as far as it came. */
const failed: Reply = {
  description: 'It was refused; or it failed: then `text` is as far as it came, and `error` says why.',
  content: {'application/json': {schema: {anyOf: [ref('AnswerJson'), ref('ErrorBody')]}}},
}
const failures = {500: failed, 502: failed, 503: forNow(failed), 504: failed}

const answerEvent = ref('AnswerEvent')

/** Docent's own way to ask, and to search. */
export const asking: Operations = {
  'POST /api/answers': {
    id: 'ask',
    tag: 'Answers',
    description:
      'A stream has the sources first, then the text as it is written, and exactly one `done` or `error` at its end. A stream without such an end broke off: read on with the id of the last event.',
    parameters: [idempotencyKey, lastEventId],
    body: bodyOf('AskRequest', askBody),
    replies: {
      200: either(
        'The answer, by `Accept`: as a stream (the default), or in one piece when it is finished.',
        stream('', answerEvent),
        json('AnswerJson', ''),
      ),
      204: nothing('All of it was read, as `Last-Event-ID` says.'),
      ...failures,
    },
    errors: ['not_found', 'version_not_found', 'conflict'],
  },
  'GET /api/answers/:id': {
    id: 'getAnswer',
    tag: 'Answers',
    replies: {200: json('AnswerJson', 'The answer so far. `ending` is null while it is written.')},
  },
  'GET /api/answers/:id/events': {
    id: 'readAnswer',
    tag: 'Answers',
    parameters: [
      after,
      {
        name: 'bufferMs',
        in: 'query',
        description: 'Gather deltas for so many milliseconds before they are sent.',
        schema: {type: 'integer', minimum: 0, maximum: 10_000},
      },
      lastEventId,
    ],
    replies: {
      200: stream('Events that were stored, then those that are written, up to the last one.', answerEvent),
      204: nothing('All of it was read. An `EventSource` then stops.'),
    },
    errors: ['invalid_request'],
  },
  'POST /api/answers/:id/stop': {
    id: 'stopAnswer',
    tag: 'Answers',
    replies: {200: json('AnswerStopped', 'It has ended.')},
  },
  'POST /api/answers/:id/feedback': {
    id: 'rateAnswer',
    tag: 'Answers',
    body: bodyOf('FeedbackRequest', feedbackBody),
    replies: {200: json('FeedbackKept', 'What is stored now.')},
    errors: ['storage'],
  },
  'POST /api/answers/:id/timings': {
    id: 'reportTimings',
    tag: 'Answers',
    body: bodyOf('TimingsRequest', timingsBody),
    replies: {204: nothing()},
  },
  'DELETE /api/conversations/:id': {
    id: 'deleteConversation',
    tag: 'Answers',
    description:
      'Whoever has the key of a conversation may delete it. For an unknown key, 0 answers are deleted.',
    replies: {
      200: json('Deleted', 'How many answers are gone.'),
      202: json('Deleted', 'They are gone; copies are left on the disk until another process has read them.'),
    },
    errors: ['storage'],
  },
  'GET /api/ws': {
    id: 'openWebSocket',
    tag: 'Answers',
    description:
      'Takes the messages `x-messages.receives`, and sends events of answers with `answerId` and `seq` beside their fields, and `asked`, `ended` and `refused`.',
    replies: {101: nothing('A WebSocket.')},
    errors: ['invalid_request', 'shutting_down'],
    'x-messages': {receives: jsonSchemaOf(socketMessage), sends: ref('SocketEvent')},
  },
  'GET /api/search': {
    id: 'search',
    tag: 'Search',
    parameters: queryOf(searchQuery),
    replies: {200: json('SearchResponse', 'The sections that answer best.')},
    errors: ['version_not_found', 'not_ready'],
  },
  'POST /api/sources': {
    id: 'findSources',
    tag: 'Search',
    body: bodyOf('AskRequest', askBody),
    replies: {200: json('FoundSources', 'The sources.')},
    errors: ['version_not_found', 'not_ready'],
  },
  'GET /api/section': {
    id: 'getSection',
    tag: 'Search',
    parameters: queryOf(sectionQuery),
    replies: {200: json('SectionShown', 'The section.')},
    errors: ['not_found', 'not_ready'],
  },
  'GET /api/info': {
    id: 'getInfo',
    tag: 'Server',
    replies: {200: json('InfoBody', 'What is known before a question is asked.')},
  },
}

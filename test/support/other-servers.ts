import type {FakeReply, FakeRequest, FakeStep, MessagesBody, WireEvent} from './fake-claude.ts'

/**
 * Stand-ins for servers of the Messages API other than Anthropic's, each with the manners that its documentation, its source
 * or the reports of its users tell of. The text that they write cites by marks, as they are told to.
 */
export interface OtherServer {
  readonly name: string
  readonly model: string
  /** Requests that the first answers take, until it is known what the server lacks. */
  readonly requests: readonly [first: number, second: number, third: number]
  /** What it writes beside the answer. */
  readonly thought?: string
  readonly reply: FakeReply
}

export const otherAnswer = 'The server listens on port 3000 [1].'

const json = (status: number, body: object): FakeStep[] => [
  [0, {status, headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}],
]

/** Raw frames: as JSON with an `event:` line, or without. */
const frames = (events: readonly object[], hasNames = true): FakeStep[] =>
  events.map((event): FakeStep => {
    const name = hasNames ? `event: ${(event as WireEvent).type}\n` : ''
    return [0, `${name}data: ${JSON.stringify(event)}\n\n`]
  })

const startOf = (usage: object = {input_tokens: 0, output_tokens: 0}) => ({
  type: 'message_start',
  message: {id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'local', usage},
})
const textAt = (index: number, ...pieces: readonly string[]) => [
  {type: 'content_block_start', index, content_block: {type: 'text', text: ''}},
  ...pieces.map((text) => ({type: 'content_block_delta', index, delta: {type: 'text_delta', text}})),
  {type: 'content_block_stop', index},
]
const thoughtAt = (index: number, thinking: string) => [
  {type: 'content_block_start', index, content_block: {type: 'thinking', thinking: ''}},
  {type: 'content_block_delta', index, delta: {type: 'thinking_delta', thinking}},
  {type: 'content_block_stop', index},
]
const delta = (stopReason: string | null, usage: object = {output_tokens: 9}) => ({
  type: 'message_delta',
  delta: {stop_reason: stopReason, stop_sequence: null},
  usage,
})
const stop = {type: 'message_stop'}
const pieces = ['The server', ' listens on port 3000', ' [1].']

const blocksOf = ({messages}: MessagesBody) =>
  messages.flatMap(({content}) => (typeof content === 'string' ? [] : [...content]))
const hasKey = ({headers}: FakeRequest) =>
  headers['x-api-key'] !== undefined || headers.authorization !== undefined
const sends = ({body}: FakeRequest, text: string) => JSON.stringify(body).includes(text)

export const otherServers: readonly OtherServer[] = [
  {
    // Ignores its key but wants the header, knows no `cache_control` and no `tool_choice`, signs no thoughts, counts no input at the start.
    name: 'Ollama',
    model: 'qwen3-coder',
    requests: [1, 1, 1],
    thought: 'Port?',
    reply: (request) =>
      !hasKey(request)
        ? json(401, {type: 'error', error: {type: 'authentication_error', message: 'A key is required'}})
        : frames([
            startOf(),
            ...thoughtAt(0, 'Port?'),
            ...textAt(1, ...pieces),
            delta('end_turn', {input_tokens: 812, output_tokens: 9}),
            stop,
          ]),
  },
  {
    // Started without --jinja: no tools. It leaves thoughts in the text where its template does, and answers 500 to what it does not know.
    name: 'llama.cpp',
    model: 'gpt-oss-20b',
    requests: [2, 1, 1],
    thought: '\nPort?\n',
    reply: (request) => {
      const has = blocksOf(request.body!).some(({type}) => type !== 'text' && type !== 'tool_result')
      if (has)
        return json(500, {error: {code: 500, message: 'unsupported content[].type', type: 'server_error'}})
      if (request.body!.tools !== undefined)
        return json(500, {
          error: {code: 500, message: 'tools param requires --jinja flag', type: 'server_error'},
        })
      return frames([
        startOf(),
        ...textAt(0, '<thi', 'nk>\nPort?', '\n</th', 'ink>\n\n', ...pieces),
        delta('end_turn'),
        stop,
      ])
    },
  },
  {
    // Checks requests against a schema, and refuses tools unless it was started with a parser for them. Ends with the mark of OpenAI's protocol.
    name: 'vLLM',
    model: 'Qwen/Qwen3-8B',
    requests: [3, 1, 1],
    reply: (request) => {
      const refuse = (message: string) =>
        json(400, {object: 'error', message, type: 'BadRequestError', param: null, code: 400})
      if (request.body!.tools !== undefined)
        return refuse(
          '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        )
      if (sends(request, 'cache_control'))
        return refuse("[{'type': 'extra_forbidden', 'loc': ('body', 'system', 0, 'cache_control')}]")
      return [
        ...frames([
          startOf({input_tokens: 800, output_tokens: 0}),
          ...textAt(0, ...pieces),
          delta('end_turn'),
          stop,
        ]),
        [0, 'data: [DONE]\n\n'],
      ]
    },
  },
  {
    // Wants some key. Its stream has nothing but what is needed: no stop of a block.
    name: 'LM Studio',
    model: 'ibm/granite-4-micro',
    requests: [1, 1, 1],
    reply: (request) =>
      !hasKey(request)
        ? json(401, {error: 'An API token is required'})
        : frames([
            startOf(),
            ...textAt(0, ...pieces).filter(({type}) => type !== 'content_block_stop'),
            delta('end_turn'),
            stop,
          ]),
  },
  {
    // Rejects a request without saying what it did not understand. No `event:` lines, no start of a block, no usage, no end but the reason.
    name: 'a small gateway',
    model: 'mistral-small',
    // What nothing names is left out when that has helped twice.
    requests: [2, 2, 1],
    thought: 'Port?',
    reply: (request) =>
      request.body!.tools !== undefined
        ? json(400, {message: 'Bad Request'})
        : frames(
            [
              {type: 'content_block_delta', index: 0, delta: {type: 'thinking_delta', thinking: 'Port?'}},
              ...pieces.map((text) => ({
                type: 'content_block_delta',
                index: 1,
                delta: {type: 'text_delta', text},
              })),
              {type: 'message_delta', delta: {stop_reason: 'end_turn'}},
            ],
            false,
          ),
  },
  {
    // Passes Claude on, but no search results.
    name: 'a gateway to Claude',
    model: 'anthropic/claude-sonnet-5-5',
    requests: [2, 1, 1],
    reply: (request) =>
      sends(request, '"search_result"')
        ? json(400, {
            type: 'error',
            error: {
              type: 'invalid_request_error',
              message: 'messages.0.content.0.type: Input should be text or image',
            },
          })
        : frames([startOf(), ...textAt(0, ...pieces), delta('end_turn'), stop]),
  },
]

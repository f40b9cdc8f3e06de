import {chatBody, stopBody} from '../../ai-sdk/chat-request.ts'
import {chatCompletionRequest} from '../../openai/chat-request.ts'
import {createResponseRequest} from '../../openai/response-request.ts'
import {
  bodyOf,
  either,
  forNow,
  json,
  nothing,
  type Operation,
  type Operations,
  type Parameter,
  ref,
  stream,
  withHeader,
} from '../operation.ts'
import {idempotencyKey} from './asking.ts'

const textEndCitations: Parameter = {
  name: 'textEndCitations',
  in: 'query',
  description: '`1` for citations in `text-end`, which AI SDK 7 reads.',
  schema: {type: 'string', enum: ['1']},
}

const openAiFailed = json('OpenAiErrorBody', 'It failed; `docent.text` is as far as it came.')
const openAiFailures = {500: openAiFailed, 502: openAiFailed, 503: forNow(openAiFailed), 504: openAiFailed}

const card: Omit<Operation, 'id'> = {
  tag: 'MCP',
  replies: {
    200: {
      description: 'The card.',
      content: {'application/mcp-server-card+json': {schema: ref('ServerCard')}},
    },
  },
}

/** The protocols of other clients: the AI SDK, OpenAI, and the Model Context Protocol. */
export const protocols: Operations = {
  'POST /api/chat': {
    id: 'chat',
    tag: 'AI SDK',
    parameters: [idempotencyKey],
    body: bodyOf('ChatRequest', chatBody),
    replies: {
      200: withHeader(
        stream('A UI message stream.'),
        'x-vercel-ai-ui-message-stream',
        'The version of the stream: `v1`.',
      ),
    },
    errors: ['version_not_found', 'conflict', 'not_ready', 'shutting_down'],
  },
  'GET /api/chat/:id/stream': {
    id: 'resumeChat',
    tag: 'AI SDK',
    parameters: [textEndCitations],
    replies: {
      200: stream('The UI message stream, from its beginning.'),
      204: nothing('There is nothing to read.'),
    },
  },
  'POST /api/chat/:id/stop': {
    id: 'stopChat',
    tag: 'AI SDK',
    body: bodyOf('StopChatRequest', stopBody, false),
    replies: {200: json('AnswerStopped', 'It has ended.')},
  },
  'POST /v1/chat/completions': {
    id: 'createChatCompletion',
    tag: 'OpenAI',
    description: 'Fields that are not described are ignored.',
    parameters: [idempotencyKey],
    body: bodyOf('ChatCompletionRequest', chatCompletionRequest),
    replies: {
      200: either(
        'The completion, as a stream of chunks with `stream: true`.',
        json('ChatCompletion', ''),
        stream(''),
      ),
      ...openAiFailures,
    },
    errors: ['version_not_found', 'conflict', 'not_ready', 'shutting_down'],
  },
  'POST /v1/responses': {
    id: 'createResponse',
    tag: 'OpenAI',
    description: 'Fields that are not described are ignored.',
    parameters: [idempotencyKey],
    body: bodyOf('CreateResponseRequest', createResponseRequest),
    replies: {
      200: either(
        'The response, as a stream of events with `stream: true`.',
        json('OpenAiResponse', ''),
        stream(''),
      ),
      ...openAiFailures,
    },
    errors: ['version_not_found', 'conflict', 'not_ready', 'shutting_down'],
  },
  'GET /v1/models': {
    id: 'listModels',
    tag: 'OpenAI',
    replies: {200: json('OpenAiModels', 'The only one.')},
  },
  'GET /v1/models/:id': {
    id: 'getModel',
    tag: 'OpenAI',
    replies: {200: json('OpenAiModel', 'The model.')},
  },
  'POST /mcp': {
    id: 'mcp',
    tag: 'MCP',
    description: 'A message of JSON-RPC 2.0. Clients of the protocol know what to send.',
    body: {
      required: true,
      content: {
        'application/json': {
          schema: {anyOf: [ref('RpcRequest'), ref('RpcResponse'), {type: 'array', items: ref('RpcRequest')}]},
        },
      },
    },
    replies: {
      200: {
        description: 'The response, in one piece or as a stream, by `Accept`.',
        content: {
          'application/json': {
            schema: {anyOf: [ref('RpcResponse'), {type: 'array', items: ref('RpcResponse')}]},
          },
          'text/event-stream': {schema: {type: 'string'}, 'x-itemSchema': ref('RpcResponse')},
        },
      },
      202: nothing('A notification was taken.'),
      404: json('RpcResponse', 'There is no such method, in the era without sessions.'),
      406: json('RpcResponse', 'The client takes no stream, in the era before.'),
    },
  },
  'GET /mcp/server-card': {id: 'getServerCard', ...card},
  'GET /.well-known/mcp': {id: 'getServerCardOfHost', ...card},
  'GET /.well-known/mcp/server-card.json': {id: 'getServerCardFile', ...card},
  'GET /.well-known/ai-catalog.json': {
    id: 'getAiCatalog',
    tag: 'MCP',
    replies: {
      200: {
        description: 'The catalog.',
        content: {'application/ai-catalog+json': {schema: ref('AiCatalog')}},
      },
    },
  },
}

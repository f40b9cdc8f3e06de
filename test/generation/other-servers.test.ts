import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type AnthropicOptions, anthropicGenerator} from '../../src/generation/anthropic-generator.ts'
import {requestOf, sourceOf, textOf, told} from '../contracts/generator.contract.ts'
import {type FakeClaude, refusal, startFakeClaude} from '../support/fake-claude.ts'
import {otherAnswer, otherServers} from '../support/other-servers.ts'

let fake: FakeClaude

beforeEach(async () => {
  fake = await startFakeClaude()
})
afterEach(() => fake.close())

const generator = (more: Partial<AnthropicOptions> = {}) =>
  anthropicGenerator({
    apiKey: null,
    baseUrl: fake.url,
    model: 'local',
    maxOutputTokens: 500,
    thinking: true,
    ...more,
  })

const asked = requestOf({sources: [sourceOf(1, 'The server listens on port 3000. Set `PORT` to change it.')]})

describe('a server of the Messages API, as a stand-in for it behaves', () => {
  test.each(otherServers)(
    '$name answers with citations, and what it lacks is found out once',
    async (server) => {
      fake.otherwise(server.reply)
      const notes: string[] = []
      const {model} = server
      const local = generator({model, onNote: (note) => notes.push(note)})

      const first = await told(local, asked)
      const afterFirst = fake.requests.length
      const later = await told(local, asked)

      for (const {error, events, text} of [first, later]) {
        expect(error).toBeNull()
        expect(text).toBe(otherAnswer.replace(' [1]', ''))
        expect(events.filter(({type}) => type === 'citation')).toMatchObject([
          {n: 1, start: 0, quote: expect.stringContaining('port 3000')},
        ])
        expect(events.at(-1)).toMatchObject({type: 'finish', finishReason: 'end'})
        const thoughts = events.flatMap((event) => (event.type === 'reasoning' ? [event.text] : []))
        expect(thoughts.join('')).toBe(server.thought ?? '')
      }
      expect([afterFirst, fake.requests.length - afterFirst]).toEqual(server.requests)
      expect(notes.filter((note) => note.includes('from now on'))).toHaveLength(
        server.requests[0] > 1 ? 1 : 0,
      )
    },
  )

  test.each(otherServers)(
    '$name is never sent what the settings say that it lacks',
    async ({model, reply}) => {
      fake.otherwise(reply)
      const local = generator({model, citations: 'markers', lacking: ['cache', 'tools', 'thinking']})

      const {error} = await told(local, asked)
      const [{body}] = fake.requests as [(typeof fake.requests)[0]]

      expect(error).toBeNull()
      expect(fake.requests).toHaveLength(1)
      expect(JSON.stringify(body)).not.toMatch(/cache_control|"tools"|"thinking"|"search_result"/)
      expect(typeof body!.system).toBe('string')
      expect(JSON.stringify(body!.messages)).toContain('The server listens on port 3000.')
    },
  )

  test('that rejects every request is told apart from one that lacks something: the last error is thrown', async () => {
    fake.otherwise(refusal(400, 'invalid_request_error', 'No such luck'))

    const {error} = await told(generator(), asked)

    expect(error).toMatchObject({code: 'upstream_rejected'})
    expect(fake.requests).toHaveLength(2)
  })

  test.each([
    [401, 'authentication_error'],
    [404, 'not_found_error'],
    [429, 'rate_limit_error'],
    [503, 'api_error'],
  ])('that fails with %i is asked once', async (status, type) => {
    fake.otherwise(refusal(status, type, 'No.'))

    const {error} = await told(generator(), asked)

    expect(error).not.toBeNull()
    expect(fake.requests).toHaveLength(1)
  })

  test('whose tools are called with their whole input at once, and no word that it stopped for them, may search', async () => {
    fake.next([
      ...[
        {type: 'message_start', message: {}},
        {
          type: 'content_block_start',
          index: 0,
          content_block: {type: 'tool_use', name: 'search_docs', input: {query: 'port'}},
        },
        {type: 'message_delta', delta: {stop_reason: 'end_turn'}},
        {type: 'message_stop'},
      ].map((event) => [0, `data: ${JSON.stringify(event)}\n\n`] as const),
    ])
    fake.otherwise(otherServers[0]!.reply)

    const {error, events} = await told(generator(), asked)
    expect(error).toBeNull()

    expect(events.filter(({type}) => type === 'tool')).toMatchObject([
      {status: 'started', input: {query: 'port'}},
      {status: 'done'},
    ])
    expect(textOf(events)).toBe(otherAnswer.replace(' [1]', ''))
    expect(JSON.stringify(fake.requests[1]!.body)).toContain('"tool_use_id":"call_0"')
  })

  test('that ends without saying why has broken off', async () => {
    fake.otherwise([
      [
        0,
        `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half"}}\n\n`,
      ],
    ])

    const {error, text} = await told(generator(), asked)

    expect(error).toMatchObject({code: 'upstream_cut'})
    expect(text).toBe('Half')
  })
})

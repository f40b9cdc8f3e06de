import type {Response as OpenAiResponse, ResponseStreamEvent} from 'openai/resources/responses/responses'
import {describe, expect, test} from 'vitest'
import {DocentError} from '../../src/domain/index.ts'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {openAiClient, vendorFieldsOf} from '../support/openai-client.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocent)

const post = (product: TestDocent, body: object) =>
  fetch(`${product.url}/v1/responses`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  })

/** Asks with OpenAI's library; the events are read while the test drives the generator. */
async function streamed(product: TestDocent, input = 'How do I install it?') {
  const stream = await openAiClient(product).responses.create({model: 'gpt-5', input, stream: true})
  const events: ResponseStreamEvent[] = []
  const ended = (async () => {
    for await (const event of stream) events.push(event)
  })()
  ended.catch(() => {})
  return {events, ended, stream}
}

const textOf = (events: readonly ResponseStreamEvent[]) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')

/** The response in the last event. */
function lastResponse(events: readonly ResponseStreamEvent[]): OpenAiResponse {
  const last = events.at(-1)!
  if (!('response' in last)) throw new Error(`The last event is ${last.type}`)
  return last.response as OpenAiResponse
}

const answerIdOf = ({response}: {response?: object}) => vendorFieldsOf(response!).docent.answer_id

const annotation = (product: TestDocent, start: number, end: number) => ({
  type: 'url_citation',
  url: `${product.url}/docs/install#on-linux`,
  title: 'Install › On Linux',
  start_index: start,
  end_index: end,
})

/** One question to its end, answered with a text. */
async function answered(product: TestDocent, body: object, text = 'So.'): Promise<OpenAiResponse> {
  const calls = product.generator.calls.length
  const responding = post(product, body)
  const call = await product.generator.call(calls)
  call.say(text)
  call.finish()
  return (await (await responding).json()) as OpenAiResponse
}

describe('a response as a stream', () => {
  test('has the events of one message, in order and numbered', async () => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Run ', '`npm ci`.')
    call.push({type: 'citation', n: 2, start: 4, end: 12})
    call.finish()
    await ended

    expect(events.map(({type}) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.annotation.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.map(({sequence_number: number}) => number)).toEqual(events.map((_, at) => at))
    expect(textOf(events)).toBe('Run `npm ci`.')
    expect(events[6]).toMatchObject({
      annotation_index: 0,
      output_index: 0,
      content_index: 0,
      annotation: annotation(product, 4, 12),
    })
    expect(events[7]).toMatchObject({text: 'Run `npm ci`.'})
    const response = lastResponse(events)
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'docent',
      error: null,
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{type: 'output_text', text: 'Run `npm ci`.', annotations: [annotation(product, 4, 12)]}],
        },
      ],
      usage: {total_tokens: 0},
      sources: [
        {n: 1, cited: false},
        {n: 2, cited: true},
      ],
      docent: {ending: 'complete', build: product.build},
    })
    expect(response.conversation).toEqual({id: expect.stringMatching(/^c[\w-]{32}$/)})
  })

  test('knows its sources before the first word', async () => {
    const product = await start()

    const {events, stream} = await streamed(product)
    await product.generator.call(0)
    await expect.poll(() => events.length).toBe(2)
    stream.controller.abort()

    expect(vendorFieldsOf(lastResponse(events)).citations).toEqual(
      [1, 2].map(() => `${product.url}/docs/install#on-linux`),
    )
  })

  test('names each event', async () => {
    const product = await start()

    const text = await (await post(product, {input: 'xyzzy?', stream: true})).text()

    // A line of another kind, as `retry:`, breaks the library for Python.
    const [head, ...frames] = text.trimEnd().split('\n\n')
    expect(head).toBe(': docent')
    for (const frame of frames) {
      const [, event, data] = /^event: (.+)\ndata: (.+)$/.exec(frame)!
      expect(JSON.parse(data!)).toMatchObject({type: event})
    }
    expect(frames).toHaveLength(9)
  })

  test('is logged as it was sent, and as what it was asked with', async () => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Run ', '`npm ci`.')
    call.finish()
    await ended

    const response = lastResponse(events)
    const answerId = answerIdOf({response})
    expect(response.id).toBe(`resp_${answerId}`)
    expect(await product.transcript(answerId)).toMatchObject({
      channel: 'openai-responses',
      text: textOf(events),
    })
  })

  test('has reasoning as an item before the message', async () => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.push({type: 'reasoning', text: 'Let me '})
    call.push({type: 'reasoning', text: 'see.'})
    call.say('So.')
    call.push({type: 'reasoning', text: 'Late.'})
    call.finish()
    await ended

    expect(events.slice(2, 10).map(({type}) => type)).toEqual([
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
    ])
    expect(lastResponse(events).output).toMatchObject([
      {type: 'reasoning', summary: [{type: 'summary_text', text: 'Let me see.'}]},
      {type: 'message', content: [{text: 'So.'}]},
    ])
    expect(events.find(({type}) => type === 'response.output_text.delta')).toMatchObject({output_index: 1})
  })

  test('says in its text that the docs do not answer', async () => {
    const product = await start()

    const {events, ended} = await streamed(product, 'xyzzy?')
    await ended

    expect(textOf(events)).toContain(
      `does not seem to answer this. The nearest pages:\n\n- [Install](<${product.url}/docs/install>)`,
    )
    const response = lastResponse(events)
    expect(response.status).toBe('completed')
    expect(response.output).toMatchObject([{content: [{text: textOf(events)}]}])
    expect(vendorFieldsOf(response).docent).toMatchObject({abstained: true, ending: 'abstained'})
  })

  test.each([
    ['max_tokens', 'max_output_tokens'],
    ['context_exceeded', 'max_output_tokens'],
    ['refusal', 'content_filter'],
  ] as const)('that ends by %s is incomplete for %s, and says so', async (finish, reason) => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.finish(finish)
    await ended

    expect(events.at(-1)!.type).toBe('response.incomplete')
    expect(lastResponse(events)).toMatchObject({status: 'incomplete', incomplete_details: {reason}})
    expect(textOf(events)).toMatch(/^Half an \n\n\w/)
  })

  test('that breaks off has failed, and nothing after that', async () => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new DocentError('upstream_cut', 'connect ECONNREFUSED 10.0.0.7'))
    await ended

    expect(events.map(({type}) => type)).not.toContain('response.output_text.done')
    expect(events.at(-1)!.type).toBe('response.failed')
    expect(lastResponse(events)).toMatchObject({
      status: 'failed',
      error: {code: 'server_error', message: expect.stringContaining('broke off')},
      output: [{type: 'message', status: 'incomplete', content: [{text: 'Half an '}]}],
      docent: {ending: 'error', error: {code: 'upstream_cut', retryable: true}},
    })
    expect(JSON.stringify(events)).not.toContain('10.0.0.7')
  })

  test('that somebody stops is completed, with the text so far', async () => {
    const product = await start()

    const {events, ended} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    await expect.poll(() => textOf(events)).toBe('Half an ')
    await product.stop(answerIdOf(events[0] as {response: object}))
    await ended

    expect(lastResponse(events)).toMatchObject({status: 'completed', docent: {ending: 'stopped'}})
  })

  test('whose reader leaves ends the work at once, and the log says disconnected', async () => {
    const product = await start()

    const {events, stream} = await streamed(product)
    const call = await product.generator.call(0)
    call.say('Half an ')
    await expect.poll(() => textOf(events)).toBe('Half an ')
    stream.controller.abort()
    await call.aborted

    const answerId = answerIdOf(events[0] as {response: object})
    await expect.poll(() => product.transcript(answerId)).toMatchObject({ending: 'disconnected'})
  })

  test('is put together by the helper of the library', async () => {
    const product = await start()
    const runner = openAiClient(product).responses.stream({model: 'docent', input: 'How?'})
    const call = await product.generator.call(0)
    call.push({type: 'reasoning', text: 'Let me see.'})
    call.say('Run it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish()

    const response = await runner.finalResponse()

    expect(response.output_text).toBe('Run it.')
    expect(response.output[1]).toMatchObject({content: [{annotations: [annotation(product, 0, 7)]}]})
  })
})

describe('a response in one piece', () => {
  test('has text, citations, sources and usage', async () => {
    const product = await start()
    const responding = openAiClient(product).responses.create({model: 'docent', input: 'How?'})
    const call = await product.generator.call(0)
    call.push({type: 'reasoning', text: 'Let me see.'})
    call.say('Run it.')
    call.push({type: 'citation', n: 1, start: 0, end: 7})
    call.finish()

    const response = await responding

    expect(response.output_text).toBe('Run it.')
    expect(response).toMatchObject({
      status: 'completed',
      error: null,
      incomplete_details: null,
      output: [
        {type: 'reasoning', summary: [{text: 'Let me see.'}]},
        {type: 'message', content: [{annotations: [annotation(product, 0, 7)]}]},
      ],
      usage: {total_tokens: 0},
      sources: [
        {n: 1, cited: true},
        {n: 2, cited: false},
      ],
      docent: {ending: 'complete'},
    })
  })

  test('says that the docs do not answer', async () => {
    const product = await start()

    const response = await openAiClient(product).responses.create({model: 'docent', input: 'xyzzy?'})

    expect(response.status).toBe('completed')
    expect(response.output_text).toContain('does not seem to answer')
  })

  test('that fails has the status and the error, with the text so far', async () => {
    const product = await start()
    const responding = openAiClient(product).responses.create({model: 'docent', input: 'How?'})
    const call = await product.generator.call(0)
    call.say('Half an ')
    call.fail(new DocentError('upstream_overloaded', 'overloaded'))

    await expect(responding).rejects.toMatchObject({
      status: 503,
      code: 'upstream_overloaded',
      error: {docent: {text: 'Half an ', ending: 'error', retryable: true}},
    })
  })
})

describe('what a response follows', () => {
  test('is the one answer that is named, with its question', async () => {
    const product = await start()
    const first = await answered(product, {input: 'What is Docent?'}, 'An assistant.')

    const second = await answered(product, {
      input: [
        {role: 'user', content: 'Is it free?'},
        {type: 'message', role: 'assistant', content: [{type: 'output_text', text: 'Yes.', annotations: []}]},
        {type: 'function_call_output', call_id: 'x', output: 'a result'},
        {role: 'developer', content: 'You are a pirate.'},
        {role: 'user', content: [{type: 'input_text', text: 'And how do I install it?'}]},
      ],
      instructions: 'You are a pirate.',
      previous_response_id: first.id,
    })

    const {question, history} = product.generator.calls[1]!.request
    expect(question).toBe('And how do I install it?')
    expect(history).toEqual([
      {role: 'user', content: 'What is Docent?'},
      {role: 'assistant', content: 'An assistant.'},
      {role: 'user', content: 'Is it free?'},
      {role: 'assistant', content: 'Yes.'},
    ])
    expect(second.previous_response_id).toBe(first.id)
    expect(second.conversation!.id).not.toBe(first.conversation!.id)
  })

  test('is the conversation whose key is sent', async () => {
    const product = await start()
    const first = await answered(product, {input: 'What is Docent?'}, 'An assistant.')
    const {id} = first.conversation!

    const others = [
      await answered(product, {input: 'And how do I install it?', conversation: id}),
      await answered(product, {input: 'And then?', conversation: {id}}),
    ]

    expect(others.map(({conversation}) => conversation!.id)).toEqual([id, id])
    expect(product.generator.calls[1]!.request.history).toEqual([
      {role: 'user', content: 'What is Docent?'},
      {role: 'assistant', content: 'An assistant.'},
    ])
  })

  test('is nothing where the conversation is not one of this server', async () => {
    const product = await start()

    const {conversation} = await answered(product, {input: 'How?', conversation: 'conv_123'})

    expect(conversation!.id).toMatch(/^c[\w-]{32}$/)
  })

  test('must be an answer that there is', async () => {
    const product = await start()

    for (const id of ['resp_00000000-0000-4000-8000-000000000000', 'resp_', 'x']) {
      const response = await post(product, {input: 'And?', previous_response_id: id})
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: {
          code: 'previous_response_not_found',
          param: 'previous_response_id',
          type: 'invalid_request_error',
        },
      })
    }
  })

  test.each([
    ['two at once', {previous_response_id: 'resp_x', conversation: 'c'}, 'previous_response_id'],
    ['a conversation that is none', {conversation: 'a b'}, 'conversation'],
    ['nothing', {input: undefined}, 'input'],
    ['no message of the user', {input: [{role: 'assistant', content: 'Hi'}]}, 'input'],
    ['an empty question', {input: ''}, 'input'],
    ['too long a question', {input: 'x'.repeat(4001)}, 'input'],
    [
      'an image',
      {input: [{role: 'user', content: [{type: 'input_image', image_url: 'x'}]}]},
      'input[0].content[0]',
    ],
    ['work in the background', {background: true}, 'background'],
    ['a stored prompt', {prompt: {id: 'x'}}, 'prompt'],
    ['JSON', {text: {format: {type: 'json_schema'}}}, 'text.format.type'],
    ['a call of a tool', {tool_choice: {type: 'file_search'}}, 'tool_choice'],
  ])('%s is refused, with the field', async (_, wrong, param) => {
    const product = await start()

    const response = await post(product, {input: 'How?', ...wrong})

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({error: {type: 'invalid_request_error', param}})
    expect(product.generator.calls).toEqual([])
  })
})

import {describe, expect, test} from 'vitest'
import {createAnswerState} from '../../src/answers/answer-state.ts'
import {refOf} from '../../src/answers/ids.ts'
import type {AnswerEvent} from '../../src/domain/index.ts'
import {checkedPatterns, createRedactor} from '../../src/redaction/index.ts'
import type {Transcript} from '../../src/transcripts/index.ts'
import {keys, noise} from '../redaction/shapes.ts'
import {collected, openForTest, sampleEntry, sampleSources, temporaryFile} from './samples.ts'

const key = keys['Anthropic']!
const password = `Zt5${noise(9)}`
const pieces = [
  'Mail jane',
  '.roe@ac',
  'me.io with ',
  key.slice(0, 9),
  key.slice(9),
  ` of ACME-1234; the password is ${password}.`,
]
const text = pieces.join('')
const [source] = sampleSources
const secrets = ['jane', 'acme.io', key, key.slice(-12), password, 'ACME-1234', 'joe@docs.io']

const id = 'b50ac16c-4a3e-4de9-8e44-33dc0553aa46'

const events: readonly AnswerEvent[] = [
  {
    type: 'start',
    ...{answerId: id, conversationId: null, ref: refOf(id), build: 'b', generator: 'scripted', model: null},
    embedding: 'test',
  },
  {
    type: 'sources',
    round: 1,
    query: 'port',
    linkHosts: ['acme-hosts.example'],
    sources: [{...source!, snippet: 'Write to joe@docs.io', title: `Sign in with ${password}`}],
  },
  {type: 'reasoning', text: 'They are jane.roe@ac'},
  {type: 'reasoning', text: 'me.io, it seems'},
  ...pieces.map((piece): AnswerEvent => ({type: 'delta', text: piece})),
  {type: 'citation', n: 1, start: 5, end: text.indexOf(' with'), quote: 'jane.roe@acme.io'},
  // Ends inside the key.
  {type: 'citation', n: 1, start: text.indexOf(key), end: text.indexOf(key) + 9},
  {type: 'tool', id: 't', name: 'generator', status: 'failed', summary: `Tried ${password}`},
]

async function journalled(file: string) {
  const transcripts = openForTest({
    file,
    redactor: createRedactor({kinds: [], patterns: checkedPatterns('ticket \\bACME-\\d{4}\\b')}),
  })
  const entry = sampleEntry(id, {
    question: 'Why does jane.roe@acme.io fail?',
    settings: {continues: id},
    conversation: 'c',
  })
  const state = createAnswerState(entry.startedAt)
  await transcripts.begin(entry, state)
  for (const [index, event] of events.entries()) {
    const sequenced = {seq: index + 1, at: entry.startedAt + index * 10, event}
    state.add(sequenced)
    transcripts.append(id, sequenced)
  }
  await transcripts.setReview(id, {
    verdict: 'good',
    note: 'joe@docs.io knows',
    correctedAnswer: null,
    by: 'ada@acme.io',
  })
  await transcripts.flush()
  return transcripts
}

describe('a redacted transcript', () => {
  test('has no secret, in no event, field or review, though none was looked for when it was stored', async () => {
    const transcripts = await journalled(temporaryFile())
    const kept = (await transcripts.get(id)) as Transcript
    const shown = (await transcripts.get(id, {redacted: true})) as Transcript

    expect(secrets.filter((secret) => JSON.stringify(kept).includes(secret))).toEqual(secrets)
    expect(secrets.filter((secret) => JSON.stringify(shown).includes(secret))).toEqual([])
    expect(shown.text).toBe('Mail [email] with [key] of [ticket]; the password is [password].')
    expect(await collected(transcripts.export({}, {redacted: true}))).toEqual([shown])
    expect(await collected(transcripts.export({}))).toEqual([kept])
  })

  test('keeps every event with its time: a marker is where the secret began, and citations hold their words', async () => {
    const transcripts = await journalled(temporaryFile())
    const kept = (await transcripts.get(id)) as Transcript
    const shown = (await transcripts.get(id, {redacted: true})) as Transcript

    expect(shown.events.map(({seq, at, event}) => [seq, at, event.type])).toEqual(
      kept.events.map(({seq, at, event}) => [seq, at, event.type]),
    )
    const written = shown.events.flatMap(({event}) => (event.type === 'delta' ? [event.text] : []))
    expect(written).toEqual([
      'Mail [email]',
      '',
      ' with ',
      '[key]',
      '',
      ' of [ticket]; the password is [password].',
    ])
    const cited = shown.events.flatMap(({event}) =>
      event.type === 'citation' ? [shown.text.slice(event.start, event.end)] : [],
    )
    expect(cited).toEqual(['[email]', '[key]'])
    const thought = shown.events.flatMap(({event}) => (event.type === 'reasoning' ? [event.text] : []))
    expect(thought).toEqual(['They are [email]', ', it seems'])
    expect(shown).toMatchObject({answerId: kept.ref, ref: kept.ref, build: kept.build})
    // Its id would give the answer as it is kept.
    expect(JSON.stringify(shown)).not.toContain(id)
    expect(JSON.stringify(shown)).not.toContain('acme-hosts.example')
  })
})

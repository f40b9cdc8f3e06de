/** A process that answers until it is killed. Told by message where its transcripts are and how many answers to write. */
import {createAnswering} from '../../src/answering/create-answering.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {openTranscripts} from '../../src/transcripts/open-transcripts.ts'
import {fakeRetriever} from '../support/fake-retriever.ts'
import {scriptedGenerator} from '../support/scripted-generator.ts'

export interface KilledProcessOrder {
  readonly file: string
  readonly answers: number
}

/** What the process tells as it goes. */
export type KilledProcessReport =
  | {readonly kind: 'read'; readonly answerId: string; readonly event: SequencedEvent}
  | {readonly kind: 'complete'; readonly answerId: string}

function* endlessWords(): Generator<string> {
  for (let n = 0; ; n++) yield `word${n} `
}

process.once('message', async ({file, answers}: KilledProcessOrder) => {
  const journal = openTranscripts({file})
  const report = (message: KilledProcessReport) => process.send?.(message)
  const common = {
    retriever: fakeRetriever(),
    journal,
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 60_000, answerMs: 60_000},
    resumeGraceMs: 0,
  }
  const question = {conversationId: null, history: [], version: null, resumable: false}
  const signal = new AbortController().signal

  const quick = createAnswering({...common, generator: scriptedGenerator(['All ', 'of it.'])})
  const {answerId} = await quick.ask({...question, question: 'Quick?'}, {channel: 'test'})
  for await (const event of quick.events(answerId, {signal})) report({kind: 'read', answerId, event})
  await journal.flush()
  report({kind: 'complete', answerId})

  const endless = createAnswering({...common, generator: scriptedGenerator(endlessWords, {paceMs: 2})})
  for (let n = 0; n < answers; n++) {
    const asked = await endless.ask({...question, question: `Endless ${n}?`}, {channel: 'test'})
    void (async () => {
      for await (const event of endless.events(asked.answerId, {signal})) {
        report({kind: 'read', answerId: asked.answerId, event})
      }
    })()
  }
})

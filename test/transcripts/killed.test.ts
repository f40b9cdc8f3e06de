import {fork} from 'node:child_process'
import {expect, test} from 'vitest'
import {buildProgram} from '../../scripts/build/build-program.mjs'
import {createAnswering} from '../../src/answering/create-answering.ts'
import type {SequencedEvent} from '../../src/domain/index.ts'
import {recoveryGap} from '../../src/transcripts/recover-answers.ts'
import {fakeRetriever} from '../support/fake-retriever.ts'
import {scriptedGenerator} from '../support/scripted-generator.ts'
import type {KilledProcessReport} from './killed-process.ts'
import {openForTest, temporaryFile} from './samples.ts'

const program = await buildProgram('test/transcripts/killed-process.ts')
const answers = 5

/** Lets a process answer, kills it with SIGKILL once enough was read, and gives what its readers had got. */
async function killedWhileAnswering(
  file: string,
  wordsBeforeKill: number,
): Promise<Map<string, SequencedEvent[]>> {
  const child = fork(program, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const read = new Map<string, SequencedEvent[]>()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (report: KilledProcessReport) => {
    if (report.kind === 'complete') return
    const events = read.get(report.answerId) ?? []
    read.set(report.answerId, events)
    events.push(report.event)
    if (read.size === answers + 1 && events.length >= wordsBeforeKill) child.kill('SIGKILL')
  })
  child.send({file, answers})
  await gone
  return read
}

test('[killed server] a process killed while it answers loses at most the last flush, and its readers get an ending', async () => {
  const file = temporaryFile()

  const read = await killedWhileAnswering(file, 150)
  const transcripts = openForTest({file})

  expect(transcripts.recovered).toHaveLength(answers)
  expect(read.size).toBeGreaterThan(answers)
  const answering = createAnswering({
    retriever: fakeRetriever(),
    generator: scriptedGenerator([]),
    journal: transcripts,
    currentBuild: () => 'build-1',
    embedding: 'test',
    deadlines: {firstTokenMs: 1000, answerMs: 1000},
    resumeGraceMs: 0,
  })
  for (const [answerId, events] of read) {
    const transcript = (await transcripts.get(answerId))!
    const isQuick = transcript.question === 'Quick?'
    const flushed = isQuick ? transcript.events : transcript.events.slice(0, -1)
    // As far as both go they agree, event by event; what was flushed may be more than what was reported.
    const both = Math.min(flushed.length, events.length)
    expect(flushed.slice(0, both)).toEqual(events.slice(0, both))
    expect(flushed.map(({seq}) => seq)).toEqual(flushed.map((_, index) => index + 1))
    expect(transcript.ending).toBe(isQuick ? 'complete' : 'interrupted')
    if (isQuick) {
      expect(transcript.events).toEqual(events)
      continue
    }
    expect(flushed.length).toBeGreaterThan(20)
    expect(transcript.events.at(-1)!.event).toMatchObject({ending: 'interrupted', code: 'server_restarted'})

    const after = events.at(-1)!.seq
    const resumed: SequencedEvent[] = []
    for await (const event of answering.events(answerId, {after, signal: new AbortController().signal})) {
      resumed.push(event)
    }
    expect(resumed.at(-1)?.event).toMatchObject({type: 'error', code: 'server_restarted'})
    // None that a reader can have seen as another event.
    expect(resumed.at(-1)!.seq).toBe(flushed.length + recoveryGap)
    expect(resumed.map(({seq}) => seq).every((seq) => seq > after)).toBe(true)
  }
})

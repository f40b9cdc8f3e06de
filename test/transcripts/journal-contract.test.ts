import {
  degradedJournalContract,
  type JournalUnderTest,
  journalContract,
  type Kept,
} from '../contracts/journal.contract.ts'
import {journalAnswer, openForTest, temporaryFile} from './samples.ts'

const modes = [
  ['full', 'words'],
  ['metadata', 'metadata'],
  ['off', 'nothing'],
] as const satisfies readonly (readonly [string, Kept])[]

const places = [
  ['a file', () => temporaryFile()],
  ['memory', () => ':memory:'],
] as const

for (const [mode, kept] of modes) {
  for (const [place, fileOf] of places) {
    journalContract(`SQLite in ${place}, ${mode}`, kept, async (): Promise<JournalUnderTest> => {
      // Flushed when the test says so and when an answer ends.
      const journal = openForTest({file: fileOf(), mode, flushMs: 60_000})
      return {journal, close: async () => journal.close()}
    })
  }
}

degradedJournalContract('SQLite in a file that is full', async () => {
  const journal = openForTest({file: temporaryFile(), maxFileBytes: 128 * 1024})
  journalAnswer(journal, 'too-large', {pieces: ['x'.repeat(300_000)]})
  await journal.flush()
  return {journal, close: async () => journal.close()}
})

import {readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {openPostgres} from '../postgres/index.ts'
import {
  buildSections,
  isAnswerable,
  maxLineProblems,
  maxStaffQuestionBytes,
  parseReadableQuestions,
  resolveGold,
  staffQuestionFile,
  storedStaffQuestions,
} from '../question-sets/index.ts'
import type {BuildsDatabase} from '../search-index/index.ts'
import {type Asking, missedAmong} from './gates.ts'
import type {IngestOptions} from './ingest-options.ts'
import type {StaffQuestionsReport} from './ingest-report.ts'

/** Each takes a search, and an ingest does not wait for thousands of them. */
const maxAsked = 500
const maxMissedNamed = 100

/**
 * Asks the golden questions that staff made in the console, the ones added last if there are many. They refuse no build:
 * staff add them for pages that are still to be written, too. Null without any.
 */
export async function askStaffQuestions(
  {dataDir, database = null}: Pick<IngestOptions, 'dataDir' | 'database'>,
  {build, openEmbedder, signal}: Asking,
): Promise<StaffQuestionsReport | null> {
  const text = database === null ? await textOf(join(dataDir, staffQuestionFile)) : await textIn(database)
  if (text === null) return null
  const none = {questions: 0, asked: 0, found: 0, missed: [], problems: [], problemCount: 0}
  if (typeof text !== 'string') return {...none, problem: text.problem}
  try {
    const {questions: readable, problems} = parseReadableQuestions(text, staffQuestionFile, {
      requireRelevant: true,
    })
    const unread = {problems: problems.slice(0, maxLineProblems), problemCount: problems.length}
    const all = readable.filter(isAnswerable)
    if (all.length === 0) {
      const [first] = problems
      if (first === undefined) return null
      return {...none, ...unread, problem: `${staffQuestionFile}:${first.line} ${first.problem}`}
    }
    const sections = buildSections(build)
    const {questions} = resolveGold(sections, all.slice(-maxAsked))
    const missed = await missedAmong(questions, {build, sections, openEmbedder, signal})
    return {
      questions: all.length,
      asked: questions.length,
      found: questions.length - missed.length,
      missed: missed.slice(0, maxMissedNamed).map(({id}) => id),
      problem: null,
      ...unread,
    }
  } catch (error) {
    signal?.throwIfAborted()
    return {...none, problem: (error as Error).message}
  }
}

async function textIn({url}: BuildsDatabase): Promise<string | {readonly problem: string} | null> {
  const postgres = await openPostgres({url, connections: 1})
  try {
    return await storedStaffQuestions(postgres)
  } catch (error) {
    return {problem: `The golden questions cannot be read: ${(error as Error).message}`}
  } finally {
    await postgres.close()
  }
}

async function textOf(file: string): Promise<string | {readonly problem: string} | null> {
  try {
    const found = await stat(file)
    // Reading a pipe would block.
    if (!found.isFile()) return {problem: `${staffQuestionFile} is no file.`}
    if (found.size > maxStaffQuestionBytes) return {problem: `${staffQuestionFile} is too large.`}
    return await readFile(file, 'utf8')
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? null : {problem: `${staffQuestionFile} cannot be read: ${message}`}
  }
}

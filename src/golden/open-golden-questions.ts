import type {BigIntStats} from 'node:fs'
import {readFile, realpath, stat} from 'node:fs/promises'
import {basename, resolve} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {KeyedTurns} from '../lib/keyed-turns.ts'
import {replacePrivateFile} from '../native/index.ts'
import {maxStaffQuestionBytes} from '../question-sets/index.ts'
import type {Redactor} from '../redaction/index.ts'
import {addedTo, deleteFrom, problemsIn, questionsIn} from './golden-edits.ts'
import {contentOf, type GoldenLine, readLines} from './golden-lines.ts'
import type {GoldenAdded, GoldenDraft, GoldenQuestions} from './golden-questions.ts'

export interface GoldenQuestionsOptions {
  /** JSON lines; made with the first question. */
  readonly file: string
  /** For the words of questions. */
  readonly redactor: Pick<Redactor, 'redact'>
  readonly now?: () => number
}

/** Changes of a file one after another, also by several stores of this process. */
const turns = new KeyedTurns()

/** How often a change begins anew since somebody has written the file meanwhile, by hand. */
const maxTries = 5

interface Content {
  readonly lines: readonly GoldenLine[]
  /** Tells a file that was written since from the one that was read; null for none. */
  readonly state: string | null
}

/** Opens nothing yet: the file is read when it is first asked for, and again when somebody has changed it. */
export function openGoldenQuestions({
  file,
  redactor,
  now = Date.now,
}: GoldenQuestionsOptions): GoldenQuestions {
  let known: Content = {lines: [], state: null}

  async function read(): Promise<Content> {
    const state = stateOf(await statOf(file))
    if (state !== known.state) known = {lines: state === null ? [] : await linesIn(file), state}
    return known
  }

  /** @param edit returns null to change nothing. */
  function change(edit: (lines: readonly GoldenLine[]) => readonly GoldenLine[] | null): Promise<void> {
    return turns.run(resolve(file), async () => {
      for (let tries = 0; tries < maxTries; tries++) {
        const {lines, state} = await read()
        const edited = edit(lines)
        if (edited === null || (await write(edited, state))) return
      }
      throw new DocentError('conflict', `${basename(file)} is being changed by somebody else. Try again.`)
    })
  }

  async function write(lines: readonly GoldenLine[], before: string | null): Promise<boolean> {
    try {
      const target = before === null ? file : await realpath(file)
      const isSame = async () => stateOf(await statOf(file)) === before
      if (!(await replacePrivateFile(target, contentOf(lines), isSame))) return false
      // What is wrong with a line may name another, which may be gone now.
      const isKnown = lines.every(({problem}) => problem === null)
      known = isKnown ? {lines, state: stateOf(await statOf(file))} : {lines: [], state: null}
      return true
    } catch (cause) {
      throw storageProblem(file, cause)
    }
  }

  function added(draft: GoldenDraft): GoldenDraft {
    return {...draft, question: redactor.redact(draft.question.trim()).text}
  }

  return {
    file,
    async list() {
      const {lines} = await turns.run(resolve(file), read)
      return questionsIn(lines)
    },
    async problems() {
      const {lines} = await turns.run(resolve(file), read)
      return problemsIn(lines)
    },
    async add(drafts, given) {
      let result: GoldenAdded = {ids: [], added: 0, kept: 0}
      await change((before) => {
        const edited = addedTo(before, drafts.map(added), {...given, at: now()})
        result = edited.result
        return edited.lines
      })
      return result
    },
    delete: (id) => deleteFrom(change, id),
  }
}

/** The lines of a file; none where there is none. @throws DocentError as the questions do. */
export async function linesOfFile(file: string): Promise<readonly GoldenLine[]> {
  return (await statOf(file)) === null ? [] : linesIn(file)
}

/** @throws DocentError `storage`. */
async function linesIn(file: string): Promise<readonly GoldenLine[]> {
  let content: Buffer
  try {
    content = await readFile(file)
  } catch (cause) {
    throw storageProblem(file, cause)
  }
  return readLines(content, basename(file))
}

/** Null where there is no file. @throws DocentError `conflict` for what is none, or too large; `storage`. */
async function statOf(file: string): Promise<BigIntStats | null> {
  let found: BigIntStats
  try {
    found = await stat(file, {bigint: true})
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw storageProblem(file, cause)
  }
  // Reading a pipe would wait for ever.
  if (!found.isFile()) throw new DocentError('conflict', `${basename(file)} is no file: move it away.`)
  if (found.size <= maxStaffQuestionBytes) return found
  throw new DocentError(
    'conflict',
    `${basename(file)} is larger than ${maxStaffQuestionBytes / 1024 / 1024} MB: take out what nobody needs.`,
  )
}

function stateOf(found: BigIntStats | null): string | null {
  return found === null ? null : `${found.ino} ${found.size} ${found.mtimeNs}`
}

function storageProblem(file: string, cause: unknown): DocentError {
  if (cause instanceof DocentError) return cause
  return new DocentError('storage', `${file} cannot be used: ${(cause as Error).message}`, {cause})
}

import type {BigIntStats} from 'node:fs'
import {readFile, realpath, stat} from 'node:fs/promises'
import {basename, resolve} from 'node:path'
import {DocentError} from '../domain/index.ts'
import {KeyedTurns} from '../lib/keyed-turns.ts'
import {replacePrivateFile} from '../native/index.ts'
import {maxStaffQuestionBytes} from '../question-sets/index.ts'
import type {Redactor} from '../redaction/index.ts'
import {contentOf, type GoldenLine, keyOf, newLine, readLines, withSections} from './golden-lines.ts'
import {
  type GoldenDraft,
  type GoldenQuestion,
  type GoldenQuestions,
  maxGoldenQuestions,
} from './golden-questions.ts'

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
      return lines.flatMap(({question}) => question ?? []).toReversed()
    },
    async problems() {
      const {lines} = await turns.run(resolve(file), read)
      return lines.flatMap(({problem}, index) => (problem === null ? [] : [{line: index + 1, problem}]))
    },
    async add(drafts, {by, from, replacesAll = true}) {
      let result = {ids: [] as string[], added: 0, kept: 0}
      await change((before) => {
        const lines = [...before]
        const ids = new Set(lines.map(({question}) => question?.id))
        const places = new Map(lines.map(({key, question}, index) => [question === null ? null : key, index]))
        result = {ids: [], added: 0, kept: 0}
        for (const draft of drafts.map(added)) {
          const facts = {addedBy: by, addedAt: now(), from}
          const at = places.get(keyOf(draft))
          const line = at === undefined ? null : lines[at]!
          if (line?.question != null) {
            const {question} = line
            const isSame = hasSections(question, draft.relevant)
            if (!isSame && !replacesAll) refuseOthers(question, by)
            if (!isSame) lines[at!] = withSections({...line, question}, draft.relevant, facts)
            result.kept++
            result.ids.push(question.id)
            continue
          }
          const fresh = newLine(draft, facts, (id) => ids.has(id))
          places.set(fresh.key, lines.push(fresh) - 1)
          ids.add(fresh.question!.id)
          result.added++
          result.ids.push(fresh.question!.id)
        }
        if (result.added > 0) refuseTooMany(lines)
        return lines
      })
      return result
    },
    async delete(id) {
      let wasThere = false
      await change((lines) => {
        const left = lines.filter(({question}) => question?.id !== id)
        wasThere = left.length < lines.length
        return wasThere ? left : null
      })
      return wasThere
    },
  }
}

function hasSections({relevant, gold}: GoldenQuestion, others: readonly string[]): boolean {
  return gold.length === 0 && relevant.toSorted().join('\n') === others.toSorted().join('\n')
}

function refuseOthers(question: GoldenQuestion, by: string): void {
  if (question.addedBy === by) return
  throw new DocentError(
    'conflict',
    `This is a golden question of ${question.addedBy ?? 'somebody else'} already, with other sections. Ask docs staff to delete it, or word yours differently.`,
  )
}

function refuseTooMany(lines: readonly GoldenLine[]): void {
  if (lines.filter(({question}) => question !== null).length <= maxGoldenQuestions) return
  throw new DocentError(
    'conflict',
    `There can be ${maxGoldenQuestions} golden questions at most. Delete some that nobody needs.`,
  )
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

import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {type ContentSource, DocentError} from '../domain/index.ts'

/** A folder of Markdown with questions about it. */
export interface EvaluationSet {
  /** Name of its folder; null for a single set. */
  readonly name: string | null
  /** The folder; with `sources` these, for people. */
  readonly content: string
  /** What is ingested in place of the folder. */
  readonly sources?: readonly ContentSource[]
  readonly questions: string
  readonly unanswerable: readonly string[]
  /** Whether lines of `questions` that cannot be read are left out, and named. Default: they are an error. */
  readonly leavesOutBadLines?: boolean
}

/** Names of the question file of a set; the first that exists is used. */
const questionFiles = ['written.jsonl', 'questions.jsonl']

/**
 * The folders in `folder` that have `content/` and a question file, sorted by name.
 * @throws DocentError `invalid_request` when `folder` does not exist or has no set.
 */
export function setsIn(folder: string): EvaluationSet[] {
  if (!isFolder(folder))
    throw new DocentError('invalid_request', `${folder} does not exist or is not a folder`)
  const sets = readdirSync(folder)
    .sort()
    .flatMap((name): EvaluationSet[] => {
      const at = (file: string) => join(folder, name, file)
      const questions = questionFiles.map(at).find((file) => existsSync(file))
      if (questions === undefined || !isFolder(at('content'))) return []
      const unanswerable = [at('unanswerable.jsonl')].filter((file) => existsSync(file))
      return [{name, content: at('content'), questions, unanswerable}]
    })
  if (sets.length === 0)
    throw new DocentError(
      'invalid_request',
      `${folder} contains no set, that is, no folder with content/ and ${questionFiles.join(' or ')}`,
    )
  return sets
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

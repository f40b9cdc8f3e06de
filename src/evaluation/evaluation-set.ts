import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {DocentError} from '../domain/index.ts'

/** A folder of Markdown with the questions about it. */
export interface EvaluationSet {
  /** Its folder's name; null for the one that `--content` and `--questions` name. */
  readonly name: string | null
  readonly content: string
  readonly questions: string
  readonly unanswerable: readonly string[]
}

/** The question files a set may have, the first that is there. */
const questionFiles = ['written.jsonl', 'questions.jsonl']

/**
 * Every folder in a folder with `content/` and a question file, by name.
 * @throws DocentError `invalid_request` when the folder is not there or holds no set.
 */
export function setsIn(folder: string): EvaluationSet[] {
  if (!isFolder(folder)) throw new DocentError('invalid_request', `${folder} is not there, or no folder`)
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
      `${folder} holds no set: a folder with content/ and ${questionFiles.join(' or ')}`,
    )
  return sets
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

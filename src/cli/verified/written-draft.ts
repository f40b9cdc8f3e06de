import {readFileSync, statSync} from 'node:fs'
import {DocentError} from '../../domain/index.ts'
import {issueWords} from '../../lib/issue-words.ts'
import {maxVerifiedText, type VerifiedAnswer, verifiedDraftSchema} from '../../verified/index.ts'
import {UsageError} from '../usage-error.ts'
import type {Values} from './options.ts'

type Draft = ReturnType<typeof verifiedDraftSchema.parse>

/** A character of UTF-16 is at most three bytes in UTF-8. */
const maxFileBytes = maxVerifiedText * 3

/** What `add` was given. @throws UsageError, DocentError. */
export function newDraft(values: Values): Draft {
  const {question, url, anchor, lang, version} = values
  const text = textIn(values)
  if (question === undefined || text === undefined || url === undefined)
    throw new UsageError('add needs --question, --text or --file, and --url')
  return draftOf({question, text, url, anchor, lang, version})
}

/** The answer with what `change` was given in its place. @throws UsageError, DocentError. */
export function changedDraft(values: Values, before: VerifiedAnswer): Draft {
  const {question, url, anchor, lang, version} = values
  const text = textIn(values)
  const given = {question, text, url, anchor, lang, version}
  const changed = Object.entries(given).filter(([, value]) => value !== undefined)
  if (changed.length === 0)
    throw new UsageError(
      'change needs what to change: --question, --text, --file, --url, --anchor, --lang or --version',
    )
  const kept = {...before, ...(url === undefined ? {} : {anchor: ''})}
  return draftOf({...kept, ...Object.fromEntries(changed)})
}

/** @throws UsageError that names the option at fault. */
function draftOf(given: object): Draft {
  const parsed = verifiedDraftSchema.safeParse(given, {error: issueWords})
  if (parsed.success) return parsed.data
  const [problem] = parsed.error.issues
  throw new UsageError(`--${problem?.path.join('.') ?? ''}: ${problem?.message ?? ''}`)
}

/** @throws UsageError, DocentError `storage`. */
function textIn({text, file}: Values): string | undefined {
  if (file === undefined) return text
  if (text !== undefined) throw new UsageError('--text and --file: give one of them')
  try {
    if (statSync(file).size <= maxFileBytes) return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DocentError('storage', `--file cannot be read: ${(cause as Error).message}`, {cause})
  }
  throw new UsageError(`--file must have at most ${maxVerifiedText} characters`)
}

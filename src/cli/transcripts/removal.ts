import {DocentError} from '../../domain/index.ts'
import type {PurgeResult} from '../../transcripts/index.ts'
import type {Stores} from '../stores.ts'
import type {Call} from './call.ts'
import {transcriptIn} from './find-transcript.ts'
import {deletedVisitor, purgeBefore, type Values} from './options.ts'

/** @returns the exit code. */
export async function purge(call: Call): Promise<number> {
  const before = purgeBefore(call.values)
  const transcripts = await call.stores.transcripts()
  const result = await transcripts.purge(before)
  await call.note({what: 'transcripts_purged', details: {before, rows: result.removed}})
  return reportRemoval(result, call)
}

/** @returns the exit code. */
export async function deleteVisitor(call: Call): Promise<number> {
  const {values, stores, note} = call
  const visitor = await visitorToDelete(values, stores)
  await note({what: 'visitor_deletion_began', which: visitor})
  const transcripts = await stores.transcripts()
  const result = await transcripts.deleteVisitor(visitor)
  if (result.removed === 0) throw noVisitor()
  await note({what: 'visitor_deleted', which: visitor, details: {rows: result.removed}})
  return reportRemoval(result, call)
}

const noVisitor = () =>
  new DocentError(
    'not_found',
    'No answer has this visitor: give it as show and list --json print it, or use --visitor-of ID.',
  )

async function visitorToDelete(values: Values, stores: Stores): Promise<string> {
  const whose = deletedVisitor(values)
  if ('visitor' in whose) {
    if (/^[\w-]{1,64}$/.test(whose.visitor)) return whose.visitor
    throw noVisitor()
  }
  const {answerId, visitor} = await transcriptIn(stores, whose.answer)
  if (visitor != null) return visitor
  throw new DocentError(
    'not_found',
    `It is not known from which address ${answerId} was asked: in a terminal, or before Docent kept that.`,
  )
}

/** @returns the exit code. */
async function reportRemoval({removed, isErased}: PurgeResult, {print, warn}: Call): Promise<number> {
  await print(`Removed ${removed} ${removed === 1 ? 'answer' : 'answers'}.\n`)
  if (isErased) return 0
  warn(
    'Another process is reading the transcripts, so copies of the removed text are left in the file. A running server erases them within a minute after that process has ended; otherwise the next start of the server or the next purge does.\n',
  )
  return 1
}

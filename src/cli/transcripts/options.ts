import {parseArgs} from 'node:util'
import {type Channel, channels, DocentError, type Ending, endings} from '../../domain/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import {howToRun} from '../../package/index.ts'
import {canonicalTag} from '../../text/language-tags.ts'
import {
  type ListOrder,
  leavings,
  listOrders,
  type TranscriptFilter,
  verdicts,
  type WrittenReview,
  writtenReviewOf,
} from '../../transcripts/index.ts'
import {withDashedIds} from '../dashed-ids.ts'
import {periodOf, timeOf} from '../period.ts'
import {UsageError} from '../usage-error.ts'

export const help = `Usage: ${howToRun('transcripts', 'COMMAND [OPTIONS]')}

Commands
  list                    List the newest answers, one per line.
  show ID                 Show one answer: question, sources, text, ending, timings, feedback.
  replay ID               Replay it as the visitor saw it, with the original timing; --html FILE writes a page that does.
  review ID               Write a review, with --verdict.
  handover ID             Make a link that shows the conversation of an answer, redacted, without a sign-in.
  handovers               List these links, the newest 200.
  withdraw LINK           Withdraw one, by its id in that list.
  export                  Export all that match, oldest first, to stdout or to --out.
  backup FILE             Copy all transcripts to a file, also while a server runs.
  check                   Check that the files are sound, also while a server runs.
  purge                   Remove answers permanently. Needs --before or --older-than.
  delete                  Remove all answers to one address permanently. Needs --visitor or --visitor-of.

Options
  --data DIR              The server's data folder (default: DATA_DIR, or data).
  --q WORDS               list, export: with these words in the question or the answer.
  --ending NAME           list, export: ${endings.join(', ')} or running.
  --partial               list, export: where the model declined or a limit cut it off; --no-partial: all others.
  --fallback              list, export: that a fallback wrote, such as extracts; --no-fallback: all others.
  --rating up|down|none   list, export: with this rating by the visitor.
  --missing               list, export: where the visitor said that the docs lack this; --no-missing: all others.
  --abstained             list, export: where nothing in the docs answered; --no-abstained: all others.
  --verdict NAME          list, export: with this verdict by staff, any or none.
  --verdict NAME          review: ${verdicts.join(', ')}.
  --note TEXT             review, handover: a note for colleagues.
  --days N                handover: how many days it works, 1 to 90 (default 30).
  --url URL               handover: where the server is, for the link (default: PUBLIC_URL, or from HOST and PORT).
  --corrected TEXT        review: what the answer should have said.
  --by NAME               review: who writes it (default: the user of the system).
  --replace               review: replace a review that somebody else has written.
  --attention             list, export: what deserves a look: failed, fallback, unanswered, disliked, left, long waits.
  --broke                 list, export: what broke off: failed, timed out, or the server stopped.
  --left WHEN             list, export: that the visitor left or stopped: ${leavings.join(' or ')}.
  --resumed               list, export: taken up again after the stream broke off; --no-resumed: all others.
  --channel KIND          list, export: asked by this kind of client: ${channels.join(', ')}.
  --error CODE            list, export: that ended with this error, e.g. upstream_cut.
  --build, --generator, --model, --version NAME
                          list, export: with this one.
  --page ADDRESS          list, export: that cite this page, e.g. /docs/install.
  --conversation REF      list, export: of this conversation.
  --visitor HASH          list, export, delete: asked from this address, which show calls visitor.
  --visitor-of ID         delete: asked from the address that this answer was asked from.
  --lang TAG              list, export: answered from pages in this language, as de or pt-BR.
  --from DATE, --to DATE  list, export: asked from one day to another, both included (UTC), e.g.
                          2026-05-31. With a time, e.g. 2026-05-31T14:00Z, --to is exclusive.
  --sort ORDER            list: ${listOrders.join(', ')} (the longest first).
  --limit N               list: number of answers, 1 to 200 (default 20).
  --json                  list, show: JSON instead of text, also of --prompt and --sources.
  --redacted              show, replay, export: without addresses, keys, passwords, card and phone numbers.
  --prompt                show: the requests that were sent to the model, as JSON.
  --sources               show: its sources as they were found, and what the current build has in their place.
  --html FILE             replay: write a new file that any browser plays, without the server.
  --speed N               replay: N times as fast (default 1).
  --format jsonl|csv      export: file format (default jsonl).
  --out FILE              export: write to a new file that only you can read.
  --before DATE           purge: answers asked before that day.
  --older-than DAYS       purge: answers older than this many days.

IDs may be shortened to an unambiguous prefix; the ref from a log line can be used as well.
With DATABASE_URL the commands work on that database; backup and check are for files alone.
`

const options = {
  help: {type: 'boolean', short: 'h'},
  data: {type: 'string'},
  q: {type: 'string'},
  ending: {type: 'string'},
  partial: {type: 'boolean'},
  fallback: {type: 'boolean'},
  rating: {type: 'string'},
  missing: {type: 'boolean'},
  abstained: {type: 'boolean'},
  verdict: {type: 'string'},
  note: {type: 'string'},
  days: {type: 'string'},
  url: {type: 'string'},
  corrected: {type: 'string'},
  by: {type: 'string'},
  replace: {type: 'boolean'},
  attention: {type: 'boolean'},
  broke: {type: 'boolean'},
  left: {type: 'string'},
  channel: {type: 'string'},
  resumed: {type: 'boolean'},
  error: {type: 'string'},
  build: {type: 'string'},
  generator: {type: 'string'},
  model: {type: 'string'},
  version: {type: 'string'},
  page: {type: 'string'},
  conversation: {type: 'string'},
  visitor: {type: 'string'},
  'visitor-of': {type: 'string'},
  lang: {type: 'string'},
  from: {type: 'string'},
  to: {type: 'string'},
  sort: {type: 'string'},
  limit: {type: 'string'},
  json: {type: 'boolean'},
  redacted: {type: 'boolean'},
  prompt: {type: 'boolean'},
  sources: {type: 'boolean'},
  html: {type: 'string'},
  speed: {type: 'string'},
  format: {type: 'string'},
  out: {type: 'string'},
  before: {type: 'string'},
  'older-than': {type: 'string'},
} as const

/** @throws what `parseArgs` throws. */
export function parseArguments(args: readonly string[]) {
  return parseArgs({args: withDashedIds(args, options), allowPositionals: true, allowNegative: true, options})
}

export type Values = ReturnType<typeof parseArguments>['values']

const verdictNames: readonly string[] = [...verdicts, 'any', 'none']

/** @throws UsageError */
export function filterOf(values: Values): TranscriptFilter {
  const {ending, rating, verdict} = values
  if (ending !== undefined && ending !== 'running' && !endings.includes(ending as Ending)) {
    throw new UsageError(`--ending must be one of ${endings.join(', ')}, running`)
  }
  if (rating !== undefined && rating !== 'up' && rating !== 'down' && rating !== 'none') {
    throw new UsageError('--rating must be up, down or none')
  }
  if (verdict !== undefined && !verdictNames.includes(verdict)) {
    throw new UsageError(`--verdict must be one of ${verdictNames.join(', ')}`)
  }
  const {left} = values
  if (left !== undefined && left !== 'before_first_word' && left !== 'before_end')
    throw new UsageError(`--left must be ${leavings.join(' or ')}`)
  const {channel} = values
  if (channel !== undefined && !channels.includes(channel as Channel))
    throw new UsageError(`--channel must be one of ${channels.join(', ')}`)
  for (const name of ['attention', 'broke'] as const)
    if (values[name] === false) throw new UsageError(`--no-${name}: leave it out`)
  const lang = values.lang === undefined ? undefined : canonicalTag(values.lang)
  if (lang === null) throw new UsageError('--lang must be a language tag such as de or pt-BR')
  return {
    ...(lang === undefined ? {} : {lang}),
    ...(values.q === undefined ? {} : {q: values.q}),
    ...(ending === undefined ? {} : {ending: ending as Ending | 'running'}),
    ...(values.partial === undefined ? {} : {partial: values.partial}),
    ...(values.fallback === undefined ? {} : {fallback: values.fallback}),
    ...(rating === undefined ? {} : {rating}),
    ...(values.missing === undefined ? {} : {missing: values.missing}),
    ...(values.abstained === undefined ? {} : {abstained: values.abstained}),
    ...(verdict === undefined ? {} : {verdict: verdict as NonNullable<TranscriptFilter['verdict']>}),
    ...(values.attention === undefined ? {} : {attention: true}),
    ...(values.broke === undefined ? {} : {broke: true}),
    ...(left === undefined ? {} : {left}),
    ...(channel === undefined ? {} : {channel: channel as Channel}),
    ...(values.resumed === undefined ? {} : {resumed: values.resumed}),
    ...namesIn(values),
    ...periodOf(values),
  }
}

const names = ['error', 'build', 'generator', 'model', 'version', 'page', 'conversation', 'visitor'] as const

function namesIn(values: Values): Pick<TranscriptFilter, (typeof names)[number]> {
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  )
}

/** @throws UsageError */
export function orderOf({sort = 'newest'}: Values): ListOrder {
  if (listOrders.includes(sort as ListOrder)) return sort as ListOrder
  throw new UsageError(`--sort must be one of ${listOrders.join(', ')}`)
}

/** @throws UsageError */
export function reviewIn({verdict, note, corrected}: Values): WrittenReview {
  if (verdict === undefined) throw new UsageError(`review needs --verdict: ${verdicts.join(', ')}`)
  try {
    return writtenReviewOf({verdict, note: note?.trim() || null, correctedAnswer: corrected?.trim() || null})
  } catch (error) {
    if (error instanceof DocentError)
      throw new UsageError(`--${error.message.replace(/^correctedAnswer/, 'corrected')}`)
    throw error
  }
}

const maxNameLength = 80

/** The name to sign a review with, marked as one of a command; null where none is given. @throws UsageError */
export function reviewerIn({by}: Values): string | null {
  if (by === undefined) return null
  const name = cleanLine(by).trim()
  if (name === '' || name.length > maxNameLength)
    throw new UsageError(`--by must be a name of 1 to ${maxNameLength} characters`)
  return `${name} (command)`
}

/** The time before which answers are purged, in milliseconds since the epoch. @throws UsageError */
export function purgeBefore(values: Values): number {
  const days = values['older-than']
  if ((values.before === undefined) === (days === undefined)) {
    throw new UsageError('purge needs either --before DATE or --older-than DAYS')
  }
  if (values.before !== undefined) return timeOf('--before', values.before)
  return Date.now() - numberOf('--older-than', days!, 0, 100_000) * 24 * 60 * 60 * 1000
}

/** Whose answers are deleted: a keyed hash of an address, as it was given, or the answer that has it. @throws UsageError */
export function deletedVisitor(values: Values): {readonly visitor: string} | {readonly answer: string} {
  const {visitor, 'visitor-of': answer} = values
  if (visitor !== undefined && answer === undefined) return {visitor}
  if (visitor === undefined && answer !== undefined) return {answer}
  throw new UsageError('delete needs either --visitor HASH or --visitor-of ID')
}

/** @throws UsageError */
export function numberOf(name: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= min && number <= max)) {
    throw new UsageError(`${name} must be a number from ${min} to ${max}`)
  }
  return number
}

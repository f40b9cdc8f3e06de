import {parseArgs} from 'node:util'
import {type Ending, endings} from '../../domain/index.ts'
import {howToRun} from '../../package/index.ts'
import {endMomentOf, momentOf, type TranscriptFilter} from '../../transcripts/index.ts'
import {UsageError} from '../usage-error.ts'

export const help = `Usage: ${howToRun('transcripts', 'COMMAND [OPTIONS]')}

Commands
  list                    The newest answers, one a line.
  show ID                 One answer: question, sources, text, ending, timings, feedback.
  replay ID               The same as the visitor saw it come, with its timing.
  export                  All that match, oldest first, to stdout or to --out.
  backup FILE             A copy of all transcripts, beside a running server.
  purge                   Removes answers for good. Needs --before or --older-than.

Options
  --data DIR              The server's data folder (default: DATA_DIR, else data).
  --q WORDS               list, export: words in the question or the answer.
  --ending NAME           list, export: ${endings.join(', ')} or running.
  --partial               list, export: where the model declined or was cut by a limit; --no-partial: the others.
  --rating up|down|none   list, export: what the visitor said.
  --from DATE, --to DATE  list, export: asked from that day to that day, both included (UTC), as
                          2026-05-31. With a time, as 2026-05-31T14:00Z, --to is exclusive.
  --limit N               list: how many, 1 to 200 (default 20).
  --json                  list, show: JSON instead of text.
  --speed N               replay: N times as fast (default 1).
  --format jsonl|csv      export: default jsonl.
  --out FILE              export: a new file that only you may read.
  --before DATE           purge: what was asked before that day.
  --older-than DAYS       purge: what is older than so many days.

IDs may be shortened to their first letters where these are enough; the ref of a log line does as well.
`

/** @throws what `parseArgs` throws. */
export function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      help: {type: 'boolean', short: 'h'},
      data: {type: 'string'},
      q: {type: 'string'},
      ending: {type: 'string'},
      partial: {type: 'boolean'},
      rating: {type: 'string'},
      from: {type: 'string'},
      to: {type: 'string'},
      limit: {type: 'string'},
      json: {type: 'boolean'},
      speed: {type: 'string'},
      format: {type: 'string'},
      out: {type: 'string'},
      before: {type: 'string'},
      'older-than': {type: 'string'},
    },
  })
}

export type Values = ReturnType<typeof parsed>['values']

/** @throws UsageError */
export function filterOf(values: Values): TranscriptFilter {
  const {ending, rating} = values
  if (ending !== undefined && ending !== 'running' && !endings.includes(ending as Ending)) {
    throw new UsageError(`--ending must be one of ${endings.join(', ')}, running`)
  }
  if (rating !== undefined && rating !== 'up' && rating !== 'down' && rating !== 'none') {
    throw new UsageError('--rating must be up, down or none')
  }
  return {
    ...(values.q === undefined ? {} : {q: values.q}),
    ...(ending === undefined ? {} : {ending: ending as Ending | 'running'}),
    ...(values.partial === undefined ? {} : {partial: values.partial}),
    ...(rating === undefined ? {} : {rating}),
    ...(values.from === undefined ? {} : {from: timeOf('--from', values.from)}),
    ...(values.to === undefined ? {} : {to: timeOf('--to', values.to, endMomentOf)}),
  }
}

/** The moment before which answers are purged. @throws UsageError */
export function purgeBefore(values: Values): number {
  const days = values['older-than']
  if ((values.before === undefined) === (days === undefined)) {
    throw new UsageError('purge needs either --before DATE or --older-than DAYS')
  }
  if (values.before !== undefined) return timeOf('--before', values.before)
  return Date.now() - numberOf('--older-than', days!, 0, 100_000) * 24 * 60 * 60 * 1000
}

function timeOf(name: string, text: string, read: typeof momentOf = momentOf): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? read(text) : null
  if (time === null) throw new UsageError(`${name} must be a date such as 2026-05-31 or 2026-05-31T14:00Z`)
  return time
}

/** @throws UsageError */
export function numberOf(name: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (text.trim() === '' || !(number >= min && number <= max)) {
    throw new UsageError(`${name} must be a number from ${min} to ${max}`)
  }
  return number
}

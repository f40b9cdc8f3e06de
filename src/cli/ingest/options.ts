import {parseArgs} from 'node:util'
import {howToRun} from '../../package/index.ts'
import {UsageError} from '../usage-error.ts'

export const usage = `Usage: ${howToRun('ingest', '[options]')}

Brings the index up to date with a folder of Markdown and makes it current.

  --content DIR       the folder (default: CONTENT_DIR, or content)
  --data DIR          where the index is kept (default: DATA_DIR, or data)
  --full              read and embed everything again
  --dry-run           show what would change, by page and passage; write nothing
  --check             read every page and write nothing; exit 1 if one loses text or cannot be read
  --force             publish even if a gate fails
  --site NAME         the site generator, such as docusaurus or hugo; plain for none (default:
                      SITE_GENERATOR, or found in the project)
  --explain           say which site generator was found, by which file, and the addresses of three
                      pages; read nothing else, write nothing
  --watch             keep running, and ingest after every change
  --json              print one report object as JSON
  --list              list the stored builds
  --report [BUILD]    print what the ingest that made a build reported (default: the current one)
  --rollback [BUILD]  make an earlier build current (default: the previous one)
  --help

Exit code: 0 published or nothing to do; 1 not published, the previous index stays current; 2 bad usage.`

const options = {
  content: {type: 'string'},
  data: {type: 'string'},
  full: {type: 'boolean', default: false},
  'dry-run': {type: 'boolean', default: false},
  check: {type: 'boolean', default: false},
  explain: {type: 'boolean', default: false},
  force: {type: 'boolean', default: false},
  site: {type: 'string'},
  watch: {type: 'boolean', default: false},
  json: {type: 'boolean', default: false},
  list: {type: 'boolean', default: false},
  report: {type: 'boolean', default: false},
  rollback: {type: 'boolean', default: false},
  help: {type: 'boolean', short: 'h', default: false},
} as const

export interface IngestArguments {
  readonly values: ReturnType<typeof parseArgs<{options: typeof options}>>['values']
  /** The argument of `--report` or `--rollback`; undefined for the current or the previous build. */
  readonly build: string | undefined
}

/** @throws UsageError, or what `parseArgs` throws. */
export function parseIngestArguments(args: readonly string[]): IngestArguments {
  const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true})
  if (!values.help) checkUsage(values, positionals)
  return {values, build: positionals[0]}
}

function checkUsage(values: IngestArguments['values'], positionals: readonly string[]): void {
  if (positionals.length > (values.rollback || values.report ? 1 : 0)) {
    throw new UsageError(`${JSON.stringify(positionals.at(-1))} is not an option; use --content for a folder`)
  }
  const modes = (['list', 'report', 'rollback', 'watch', 'dry-run', 'check', 'explain'] as const).filter(
    (mode) => values[mode],
  )
  if (modes.length > 1) throw new UsageError(`--${modes[0]} and --${modes[1]} cannot be combined`)
  if (values.watch && values.json)
    throw new UsageError('--watch and --json cannot be combined: --json prints a single report')
}

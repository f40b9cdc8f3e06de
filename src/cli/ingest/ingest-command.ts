import {inspect} from 'node:util'
import {toDocentError} from '../../domain/index.ts'
import {type IngestReport, summaryOf} from '../../ingestion/index.ts'
import {keepOthersFromWriting} from '../../native/index.ts'
import {withBuilds} from '../../search-index/index.ts'
import {buildsDatabaseOf, loadSettings, type Settings} from '../../settings/index.ts'
import {printJsonValue, printText, warn} from '../terminal.ts'
import {isUsageError, usageProblem} from '../usage-error.ts'
import {listBuilds, rollBack, showReport} from './builds.ts'
import {explain} from './explain.ts'
import {type IngestArguments, parseIngestArguments, usage} from './options.ts'
import {runIngest} from './run-ingest.ts'

/** `docent ingest`: brings the index up to date with a folder of Markdown. */
export async function run(args: readonly string[]): Promise<number> {
  keepOthersFromWriting()
  let given: IngestArguments
  let settings: Settings
  try {
    given = parseIngestArguments(args)
    if (given.values.help) {
      console.log(usage)
      return 0
    }
    const {content, site} = given.values
    settings = loadSettings({
      ...(content === undefined ? {} : {CONTENT_DIR: content, CONTENT_POLL_MINUTES: ''}),
      ...(site === undefined ? {} : {SITE_GENERATOR: site}),
    })
  } catch (error) {
    warn(isUsageError(error) ? usageProblem('ingest', error) : toDocentError(error).message)
    return 2
  }
  const {values, build} = given
  const dataDir = values.data ?? settings.dataDir
  try {
    const {list, report, rollback, json} = values
    if (list || report || rollback) {
      return await withBuilds(dataDir, buildsDatabaseOf(settings), {}, async (builds) => {
        if (list)
          return listBuilds(builds, {
            place: settings.databaseUrl === null ? dataDir : 'the database of DATABASE_URL',
            asJson: json,
          })
        return report ? showReport(builds, build, json) : rollBack(builds, build, json)
      })
    }
    if (values.explain) {
      return await explain({
        sources: settings.sources,
        gitTokens: settings.gitTokens,
        dataDir,
        siteUrl: settings.siteUrl,
        asJson: values.json,
      })
    }
    return await runIngest(values, settings, dataDir)
  } catch (thrown) {
    return reportFailure(thrown, values.json)
  }
}

/** Prints why nothing was published, with the report if there is one. Returns the exit code. */
function reportFailure(thrown: unknown, asJson: boolean): number {
  const error = toDocentError(thrown)
  const report = error.details['report'] as IngestReport | undefined
  if (asJson) printJsonValue(report ?? {outcome: 'failed', error: {code: error.code, message: error.message}})
  else if (report) printText(summaryOf(report))
  warn(error.code === 'internal' ? inspect(error.cause ?? error) : error.message)
  return error.code === 'config' ? 2 : 1
}

import {DocentError} from '../domain/index.ts'
import {
  type BaseBuild,
  type BuildLock,
  type BuildWriter,
  type Manifest,
  withBuilds,
} from '../search-index/index.ts'
import {loadLanguageDetector} from '../text/detect-language.ts'
import {completeBuild} from './complete-build.ts'
import {contentDetailsOf} from './content-details.ts'
import {IngestContext} from './ingest-context.ts'
import type {IngestCallbacks, IngestOptions} from './ingest-options.ts'
import {type IngestPlan, openNewestBase, planIngest, reasonForFull, reasonToRenew} from './ingest-plan.ts'
import type {IngestReport} from './ingest-report.ts'
import {makeReport, type ReportParts} from './make-report.ts'
import {otherFormatsLine} from './other-formats.ts'
import {runPageStage} from './page-stage.ts'
import {siteLanguageOf} from './site-language.ts'
import {placesOf, readSources, type SourceContent, sourcesOf} from './source-content.ts'

/** Source bytes for each passage, roughly: used to estimate how many passages there will be. */
const bytesPerPassage = 900

/**
 * Brings the index up to date with its sources: fetches and scans them, parses what changed in processes that can be killed,
 * embeds what has no vector yet, makes a build beside the current one, verifies it, and publishes it. When nothing
 * changed, nothing is embedded and nothing is published. One ingest at a time for each data folder, or for all servers of a database.
 * @throws DocentError `locked`; `gate_failed` with the report in `details.report`, after the build was discarded;
 * `config` for a folder that does not exist; `source_unreachable` for repositories that were never fetched; `embedding_model`; the signal's reason when aborted.
 */
export async function ingest(options: IngestOptions, callbacks: IngestCallbacks = {}): Promise<IngestReport> {
  const {signal, onProgress = () => {}} = callbacks
  return withBuilds(
    options.dataDir,
    options.database ?? null,
    {adopts: options.dryRun !== true},
    async (builds) => {
      const context = new IngestContext(options, builds, signal, onProgress)
      const {lock, ...start} = await context.stage('base', () => startFrom(context))
      try {
        return await run(context, start)
      } finally {
        await lock?.release()
      }
    },
  )
}

/** The id of the current build, and the one to start from: the same, unless that is damaged. */
interface Start {
  readonly currentId: string | null
  readonly current: BaseBuild | null
}

/** Takes the lock, unless nothing will be written, and opens the build to start from. */
async function startFrom({builds, options}: IngestContext): Promise<Start & {lock: BuildLock | null}> {
  // Checkouts of repositories are written by a dry run too.
  const isReading = options.dryRun && sourcesOf(options).every(({kind}) => kind === 'folder')
  const lock = isReading ? null : await builds.lock()
  try {
    const currentId = await builds.currentId()
    return {lock, currentId, current: await openNewestBase(builds, currentId)}
  } catch (error) {
    await lock?.release()
    throw error
  }
}

async function run(context: IngestContext, {currentId, current}: Start): Promise<IngestReport> {
  const {builds, signal} = context
  const {full = false, dryRun = false, embedderKey: key = null} = context.options
  const isKnownModel = key !== null && current?.manifest.embedding.key === key
  // The model loads while the folder is scanned.
  if (!isKnownModel) context.embedder().catch(() => undefined)
  let writer: BuildWriter | null = null
  try {
    const content = await readSources(context, current)
    const {scan, rules, setup, chunker} = content
    if (current === null && scan.files.length === 0 && scan.unreadable.length === 0)
      throw noMarkdownIn(content)
    const {id, name, dimensions} = isKnownModel
      ? current.manifest.embedding
      : await context.stage('model', () => context.embedder())
    const embedding = {id, name, dimensions, ...(key === null ? {} : {key})}
    signal?.throwIfAborted()
    const decision = await decide(context, content, {current, currentId, embedding})
    const {base, renewedBecause, plan, defaultLanguage} = decision
    const report = (outcome: IngestReport['outcome'], parts: ReportParts): IngestReport =>
      makeReport(context, {content, embedding, ...decision}, outcome, parts)
    const unchanged = async ({records, manifest}: BaseBuild): Promise<IngestReport> => {
      const details = await context.stage('report', () => contentDetailsOf(records, {scan, rules}))
      return report('unchanged', {
        ...details,
        build: currentId,
        previous: currentId,
        total: manifest.counts,
      })
    }

    if (base && !renewedBecause && isNothingToDo(plan)) return await unchanged(base)
    if (!dryRun) {
      // What is parsed next will most likely have to be embedded: the model loads while the parsers start.
      if (plan.toParse.length > 0) context.embedder().catch(() => undefined)
      writer = await context.stage('begin', () =>
        builds.begin({
          embedding,
          chunker,
          defaultLanguage,
          base,
          expectedPassages: scan.files.reduce((sum, file) => sum + file.bytes, 0) / bytesPerPassage,
        }),
      )
    }
    // Vectors can be reused even from a build that cannot be edited, if the same model made them.
    const vectors = current && !full && current.manifest.embedding.id === id ? current.records : null
    const {changes, failedAgain, failed, lost, dryRunFiles} = await context.stage('pages', () => {
      for (const {path} of plan.removed) writer?.remove(path)
      return runPageStage(context, {
        scan,
        setup,
        rules,
        defaultLanguage,
        plan,
        previousBuild: current,
        vectors,
        writer,
      })
    })
    if (!writer) {
      const details = await context.stage('report', () =>
        contentDetailsOf(base?.records ?? null, {scan, rules, read: dryRunFiles}),
      )
      return report('dry-run', {
        ...details,
        changes,
        build: currentId,
        previous: currentId,
        total: base?.manifest.counts ?? null,
      })
    }
    // The only files to parse were those that failed before, and they failed again.
    if (base && !renewedBecause && !isAnyGone(plan) && failedAgain === plan.toParse.length) {
      return await unchanged(base)
    }
    return await completeBuild(context, {writer, content, changes, failed, lost, current, report})
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw error
  } finally {
    current?.records.close()
    // Does nothing once the build is published.
    await writer?.discard()
  }
}

/** What is done: which build the next one starts from, and what is read again. */
interface Decision {
  /** Why everything is read again; null if `base` is edited. */
  readonly fullBecause: string | null
  readonly base: BaseBuild | null
  readonly renewedBecause: string | null
  readonly plan: IngestPlan
  /** BCP 47; null if it is not known. */
  readonly defaultLanguage: string | null
}

async function decide(
  context: IngestContext,
  content: SourceContent,
  {current, currentId, embedding}: Start & {readonly embedding: Manifest['embedding']},
): Promise<Decision> {
  const {scan, rules, chunker, defaultLanguage: said} = content
  return context.stage('plan', async () => {
    const fullBecause = reasonForFull(current, embedding, chunker, context.options.full ?? false)
    const base = fullBecause === null ? current : null
    const before = base?.manifest.languages?.default ?? null
    const renewedBecause = base === null ? null : reasonToRenew(base, currentId, content.sources)
    const plan = planIngest(scan, current, rules, base === null)
    if (base && isNothingToDo(plan)) return {fullBecause, base, renewedBecause, plan, defaultLanguage: before}
    await loadLanguageDetector()
    const defaultLanguage = said ?? siteLanguageOf(scan, rules)
    if (base === null || defaultLanguage === before)
      return {fullBecause, base, renewedBecause, plan, defaultLanguage}
    return {
      fullBecause: 'the site is in another language than before',
      base: null,
      renewedBecause: null,
      plan: planIngest(scan, current, rules, true),
      defaultLanguage,
    }
  })
}

function isNothingToDo(plan: IngestPlan): boolean {
  return plan.toParse.length === 0 && !isAnyGone(plan)
}

function isAnyGone({removed, unreadable}: IngestPlan): boolean {
  return removed.length > 0 || unreadable.length > 0
}

function noMarkdownIn(content: SourceContent): DocentError {
  const {otherFormats} = content.scan
  const where = 'root' in content.scan ? content.scan.root : placesOf(content)
  const others = otherFormatsLine(otherFormats)
  return new DocentError(
    'config',
    [
      `there is no Markdown in ${where}: no file that ends in .md, .mdx or .markdown.`,
      ...(others === null ? [] : [`It has ${others}.`]),
      'Name the folder of your docs with --content, or with CONTENT_DIR.',
    ].join(' '),
  )
}

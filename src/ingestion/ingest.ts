import {DocentError} from '../domain/index.ts'
import {detectSite, type SiteRules, siteRulesOf} from '../markdown/index.ts'
import {type BaseBuild, type BuildWriter, localBuilds} from '../search-index/index.ts'
import {loadLanguageDetector} from '../text/detect-language.ts'
import {completeBuild} from './complete-build.ts'
import {contentDetailsOf} from './content-details.ts'
import {IngestContext} from './ingest-context.ts'
import type {IngestCallbacks, IngestOptions} from './ingest-options.ts'
import {chunkerOf, openNewestBase, planIngest, reasonForFull, reasonToRenew} from './ingest-plan.ts'
import type {IngestReport} from './ingest-report.ts'
import {makeReport, type ReportParts} from './make-report.ts'
import {runPageStage} from './page-stage.ts'
import {type Scan, scanFolder} from './scan-folder.ts'
import {siteLanguageOf} from './site-language.ts'

/** Source bytes for each passage, roughly: used to estimate how many passages there will be. */
const bytesPerPassage = 900

/**
 * Brings the index up to date with a folder: scans it, parses what changed in processes that can be killed,
 * embeds what has no vector yet, makes a build beside the current one, verifies it, and publishes it. When nothing
 * changed, nothing is embedded and nothing is published. One ingest at a time for each data folder.
 * @throws DocentError `locked`; `gate_failed` with the report in `details.report`, after the build was discarded;
 * `config` for a folder that does not exist; `embedding_model`; the signal's reason when aborted.
 */
export async function ingest(options: IngestOptions, callbacks: IngestCallbacks = {}): Promise<IngestReport> {
  const {signal, onProgress = () => {}} = callbacks
  const builds = localBuilds(options.dataDir)
  const lock = options.dryRun ? null : await builds.lock()
  try {
    return await run(new IngestContext(options, builds, signal, onProgress))
  } finally {
    await lock?.release()
  }
}

async function run(context: IngestContext): Promise<IngestReport> {
  const {builds, signal, signalOption} = context
  const {content, dataDir, full = false, dryRun = false, embedderKey: key = null} = context.options
  const currentId = await builds.currentId()
  const current = await openNewestBase(builds, currentId)
  const isKnownModel = key !== null && current?.manifest.embedding.key === key
  // The model loads while the folder is scanned.
  if (!isKnownModel) context.embedder().catch(() => undefined)
  let writer: BuildWriter | null = null
  try {
    const scan = await context.stage('scan', () => scanFolder(content, {...signalOption, dataDir}))
    const site = siteFor(context, scan)
    const chunker = chunkerOf(site)
    const {id, name, dimensions} = isKnownModel ? current.manifest.embedding : await context.embedder()
    const embedding = {id, name, dimensions, ...(key === null ? {} : {key})}
    signal?.throwIfAborted()
    const fullBecause = reasonForFull(current, embedding, chunker, full)
    const base = fullBecause === null ? (current as BaseBuild) : null
    const renewedBecause = base === null ? null : reasonToRenew(base, currentId)
    const plan = planIngest(scan, current, base === null)
    const basis = {site: site.generator, embedding, fullBecause, renewedBecause, plan}
    const report = (outcome: IngestReport['outcome'], parts: ReportParts): IngestReport =>
      makeReport(context, basis, outcome, parts)
    const unchanged = ({records, manifest}: BaseBuild): IngestReport =>
      report('unchanged', {
        ...contentDetailsOf(records, scan),
        build: currentId,
        previous: currentId,
        total: manifest.counts,
      })

    const isGone = plan.removed.length > 0 || plan.unreadable.length > 0
    if (plan.toParse.length === 0 && !isGone && base && !renewedBecause) return unchanged(base)

    await loadLanguageDetector()
    const defaultLanguage = base?.manifest.languages?.default ?? siteLanguageOf(scan, site)
    if (!dryRun) {
      // What is parsed next will most likely have to be embedded: the model loads while the parsers start.
      if (plan.toParse.length > 0) context.embedder().catch(() => undefined)
      writer = await builds.begin({
        embedding,
        chunker,
        defaultLanguage,
        base,
        expectedPassages: scan.files.reduce((sum, file) => sum + file.bytes, 0) / bytesPerPassage,
      })
      for (const {path} of plan.removed) writer.remove(path)
    }
    // Vectors can be reused even from a build that cannot be edited, if the same model made them.
    const vectors = current && !full && current.manifest.embedding.id === id ? current.records : null
    const {changes, failedAgain, failed, lost, dryRunFiles} = await context.stage('pages', () =>
      runPageStage(context, {scan, site, defaultLanguage, plan, previousBuild: current, vectors, writer}),
    )
    if (!writer) {
      return report('dry-run', {
        ...contentDetailsOf(base?.records ?? null, scan, dryRunFiles),
        changes,
        build: currentId,
        previous: currentId,
        total: base?.manifest.counts ?? null,
      })
    }
    // The only files to parse were those that failed before, and they failed again.
    if (base && !renewedBecause && !isGone && failedAgain === plan.toParse.length) {
      return unchanged(base)
    }
    return await completeBuild(context, {writer, scan, changes, failed, lost, current, report})
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw error
  } finally {
    current?.records.close()
    // Does nothing once the build is published.
    await writer?.discard()
  }
}

function siteFor({options}: IngestContext, scan: Scan): SiteRules {
  const name = options.site ?? null
  if (name === null) return detectSite(scan.configs)
  const site = siteRulesOf(name)
  if (!site)
    throw new DocentError('config', `there are no rules for the site generator ${JSON.stringify(name)}`)
  return site
}

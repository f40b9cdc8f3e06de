import {DocentError} from '../domain/index.ts'
import {detectSite, type SiteRules, siteRulesOf} from '../markdown/index.ts'
import {type BaseBuild, type BuildWriter, localBuilds} from '../search-index/index.ts'
import {completeBuild} from './complete-build.ts'
import {IngestContext} from './ingest-context.ts'
import {factsOf} from './ingest-facts.ts'
import type {IngestCallbacks, IngestOptions} from './ingest-options.ts'
import {chunkerOf, openNewestBase, planOf, reasonForFull} from './ingest-plan.ts'
import type {IngestReport} from './ingest-report.ts'
import {makeReport, type ReportParts} from './make-report.ts'
import {runPageStage} from './page-stage.ts'
import {type Scan, scanFolder} from './scan-folder.ts'

/** Rough size of a passage with its share of the source, to guess how many there will be. */
const bytesPerPassage = 900

/**
 * Brings the index up to date with a folder: scans it, parses what changed in processes that can be killed,
 * embeds what has no vector yet, makes a build beside the current one, tries it, and publishes it. When nothing
 * changed, nothing is embedded and nothing published. One at a time for a data folder.
 * @throws DocentError `locked`; `gate_failed` with the report in `details.report`, the build then is gone;
 * `config` for a folder that is not there; `embedding_model`; the signal's reason when aborted.
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
  // It loads while the folder is read.
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
    const plan = planOf(scan, current, base === null)
    const basis = {site: site.generator, embedding, fullBecause, plan}
    const report = (outcome: IngestReport['outcome'], parts: ReportParts): IngestReport =>
      makeReport(context, basis, outcome, parts)
    const unchanged = ({records, manifest}: BaseBuild): IngestReport =>
      report('unchanged', {
        ...factsOf(records, scan),
        build: currentId,
        previous: currentId,
        total: manifest.counts,
      })

    // A damaged build must not stay current.
    const isRepair = base !== null && (!base.hnswIsSound || base.manifest.id !== currentId)
    const isGone = plan.removed.length > 0 || plan.unread.length > 0
    if (plan.toParse.length === 0 && !isGone && base && !isRepair) return unchanged(base)

    if (!dryRun) {
      // What is read next will most likely have to be embedded; both take a while to start.
      if (plan.toParse.length > 0) context.embedder().catch(() => undefined)
      writer = await builds.begin({
        embedding,
        chunker,
        base,
        expectedPassages: scan.files.reduce((sum, file) => sum + file.bytes, 0) / bytesPerPassage,
      })
      for (const {path} of plan.removed) writer.remove(path)
    }
    // Vectors may be kept from a build that cannot be edited, if the same model made them.
    const vectors = current && !full && current.manifest.embedding.id === id ? current.records : null
    const {changes, failedAgain, failed, lost, tried} = await context.stage('pages', () =>
      runPageStage(context, {scan, site, plan, before: current, vectors, writer}),
    )
    if (!writer) {
      return report('dry-run', {
        ...factsOf(base?.records ?? null, scan, tried),
        changes,
        build: currentId,
        previous: currentId,
        total: base?.manifest.counts ?? null,
      })
    }
    // Files that could not be read were tried again, and nothing came of it.
    if (base && !isRepair && !isGone && failedAgain === plan.toParse.length) {
      return unchanged(base)
    }
    return await completeBuild(context, {writer, scan, changes, failed, lost, current, report})
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw error
  } finally {
    current?.records.close()
    // After publishing there is nothing left to discard.
    await writer?.discard()
  }
}

function siteFor({options}: IngestContext, scan: Scan): SiteRules {
  const name = options.site ?? null
  if (name === null) return detectSite(scan.configs)
  const site = siteRulesOf(name)
  if (!site)
    throw new DocentError('config', `there are no rules for a site made with ${JSON.stringify(name)}`)
  return site
}

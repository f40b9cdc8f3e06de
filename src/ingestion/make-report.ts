import {resolve} from 'node:path'
import type {ContentDetails} from './content-details.ts'
import type {IngestContext} from './ingest-context.ts'
import type {IngestPlan} from './ingest-plan.ts'
import type {GateResult, IngestReport, PageChange} from './ingest-report.ts'
import {countsOf} from './page-changes.ts'
import {placesOf, type SourceContent} from './source-content.ts'

/** What differs between the ways an ingest ends. */
export interface ReportParts extends ContentDetails {
  readonly build: string | null
  readonly previous: string | null
  readonly total: {readonly pages: number; readonly passages: number} | null
  readonly changes?: readonly PageChange[]
  readonly gates?: readonly GateResult[]
  readonly golden?: {readonly questions: number; readonly hitAt5: number} | null
  readonly staffQuestions?: IngestReport['staffQuestions']
  readonly pruned?: readonly string[]
  readonly graph?: IngestReport['graph']
}

/** What is known about an ingest once its plan is made. */
export interface ReportBasis {
  readonly content: SourceContent
  readonly embedding: IngestReport['embedding']
  readonly fullBecause: string | null
  readonly renewedBecause: string | null
  readonly plan: IngestPlan
}

function shownContent(content: SourceContent): string {
  const [only] = content.sources
  const isFolder = content.sources.length === 1 && only!.commit === null && only!.problem === null
  return isFolder ? resolve(only!.place) : placesOf(content)
}

/** Assembles the report; its durations end now. */
export function makeReport(
  context: IngestContext,
  {content, embedding, fullBecause, renewedBecause, plan}: ReportBasis,
  outcome: IngestReport['outcome'],
  parts: ReportParts,
): IngestReport {
  const changes = parts.changes ?? []
  const byRule: Record<string, number> = {}
  for (const {rule} of parts.diagnostics) byRule[rule] = (byRule[rule] ?? 0) + 1
  const sum = (pick: (change: PageChange) => number): number =>
    changes.reduce((all, change) => all + pick(change), 0)
  return {
    outcome,
    build: parts.build,
    previous: parts.previous,
    content: shownContent(content),
    site: content.generators,
    sources: content.sources.map(({name, place, site, commit, problem, otherSites}) => ({
      name,
      place,
      site,
      commit,
      problem,
      otherSites,
    })),
    embedding,
    fullBecause,
    renewedBecause,
    pages: {
      total: parts.total?.pages ?? 0,
      ...countsOf(changes),
      unchanged: plan.unchanged,
      setAside: parts.setAside,
      unread: parts.unread,
      stale: parts.stale,
    },
    passages: {
      total: parts.total?.passages ?? 0,
      added: sum((change) => change.passages.added),
      removed: sum((change) => change.passages.removed),
      embedded: context.embedded,
    },
    setAsideBecause: parts.setAsideBecause,
    otherFormats: parts.otherFormats,
    changes,
    diagnostics: parts.diagnostics,
    byRule,
    fidelity: parts.fidelity,
    gates: parts.gates ?? [],
    golden: parts.golden ? {questions: parts.golden.questions, hitAt5: parts.golden.hitAt5} : null,
    staffQuestions: parts.staffQuestions ?? null,
    graph: parts.graph ?? null,
    pruned: parts.pruned ?? [],
    stages: context.stages,
    tookMs: context.elapsedMs(),
  }
}

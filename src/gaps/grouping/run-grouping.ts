import type {SiteUrl} from '../../domain/index.ts'
import type {Embedder} from '../../embedding/index.ts'
import {createRetriever} from '../../retrieval/index.ts'
import {openBuild, openBuildRecords} from '../../search-index/index.ts'
import {readUnanswered, type UnansweredReader} from '../../transcripts/index.ts'
import {countGaps, titleGaps} from './describe-gaps.ts'
import {type GroupingStore, openGroupingStore} from './grouping-store.ts'
import {searchGaps} from './search-gaps.ts'
import {noteSections} from './section-history.ts'
import {takeQuestions} from './take-questions.ts'

/** What is to be done, wherever questions and gaps are. */
export interface GroupingWork {
  /** Folder of the current build; null without one of this model. */
  readonly build: string | null
  readonly siteUrl: SiteUrl
  /** How long it may work, in milliseconds; it stops soon after, and what it has done is kept. */
  readonly budgetMs: number
}

/** The same in a data folder. */
export interface GroupingTask extends GroupingWork {
  /** The transcripts file, which a server has migrated. */
  readonly transcripts: string
  /** The file of the gaps. */
  readonly gaps: string
}

/**
 * Groups what the docs have failed, and looks which gaps the current build closes. What is done is kept step by step: killed
 * at any time, the next run goes on.
 * @returns whether nothing is left to be done.
 * @throws DocentError `storage`, and what opening the build throws.
 */
export async function runGrouping(task: GroupingTask, embedder: Embedder, now = Date.now): Promise<boolean> {
  const transcripts = readUnanswered(task.transcripts)
  if (transcripts === null) return true
  try {
    const store = openGroupingStore({file: task.gaps})
    try {
      return await groupQuestions(task, {store, transcripts, embedder, now})
    } finally {
      store.close()
    }
  } finally {
    transcripts.close()
  }
}

interface Work {
  readonly store: GroupingStore
  readonly transcripts: UnansweredReader
  readonly embedder: Embedder
  readonly mayGoOn: () => boolean
  readonly now: () => number
}

/** Groups the questions of these transcripts in this store: see `runGrouping`. */
export async function groupQuestions(task: GroupingWork, parts: Omit<Work, 'mayGoOn'>): Promise<boolean> {
  const until = performance.now() + task.budgetMs
  const work: Work = {...parts, mayGoOn: () => performance.now() < until}
  const {store, transcripts, now} = work
  const {isDone, touched, failedAt} = await takeQuestions(work)
  await countGaps(store, now())
  await titleGaps(store, transcripts, touched)
  await reopenFailed(store, failedAt, now())
  const isSearched = task.build === null || (await searchBuild(task.build, task.siteUrl, work))
  await store.setState('asOf', String(now()))
  return isDone && isSearched
}

/** What was closed and is asked again in vain. */
async function reopenFailed(
  store: GroupingStore,
  failedAt: ReadonlyMap<string, number>,
  now: number,
): Promise<void> {
  const closed = (await store.gaps()).filter(({state}) => state === 'closed')
  const failing = closed.filter(({id, closedAt}) => (failedAt.get(id) ?? 0) > (closedAt ?? 0))
  if (failing.length > 0)
    await store.reopen(
      failing.map(({id}) => id),
      now,
    )
}

async function searchBuild(folder: string, siteUrl: SiteUrl, work: Work): Promise<boolean> {
  const {store, transcripts, embedder, mayGoOn, now} = work
  const build = await openBuild(folder)
  try {
    const {manifest} = build
    // Another process has published one that this server does not serve yet.
    if (manifest.embedding.id !== embedder.id) return true
    if ((await store.state('build')) !== manifest.id) {
      const records = openBuildRecords(folder, manifest)
      try {
        await noteSections(store, {manifest, records}, now())
      } finally {
        records.close()
      }
    }
    const current = {id: manifest.id, lease: () => ({build, release() {}})}
    const retriever = createRetriever({current, embedder, siteUrl})
    const isDone = await searchGaps({store, transcripts, retriever, build: manifest.id, mayGoOn, now: now()})
    if (isDone) await store.setState('checked', manifest.id)
    return isDone
  } finally {
    build.close()
  }
}

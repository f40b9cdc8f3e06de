import type {Api} from '../api.ts'
import type {TranscriptItem, TranscriptPage} from '../wire.ts'

const pageSize = 50
const maxPageSize = 200
/** Most rows that are there again when somebody comes back to a list after a reload. */
const maxRows = 1_000
/** Lists that are kept, so that going back shows the same list at the same place. */
const maxLists = 8

/** A list of transcripts, by pages. Calls `changed` after each change. */
export class TranscriptList {
  readonly query: string
  items: readonly TranscriptItem[] = []
  total: TranscriptPage['total'] = null
  /** Answers that are not in the list yet, at most. */
  remaining = 0
  /** New answers, which are shown when somebody asks for them. */
  newer: readonly TranscriptItem[] = []
  status: 'loading' | 'ready' | 'failed' = 'loading'
  /** Why it could not be loaded, or not further. */
  problem: unknown = null
  isLoadingMore = false
  /** The transcript that was opened last: it has the focus when somebody comes back. */
  opened: string | null = null
  changed: () => void = () => {}
  readonly #api: () => Api
  #cursor: string | null = null
  #isPolling = false

  constructor(api: () => Api, query: string) {
    this.#api = api
    this.query = query
  }

  get hasMore(): boolean {
    return this.#cursor !== null
  }

  /**
   * Loads the list anew.
   * @param rows as many as were shown before; default one page
   */
  async load(rows = pageSize): Promise<void> {
    this.status = 'loading'
    this.problem = null
    this.changed()
    try {
      const wanted = Math.min(rows, maxRows)
      const first = await this.#page(null, Math.min(wanted, maxPageSize))
      const items = [...first.items]
      let cursor = first.nextCursor
      for (let asked = maxPageSize; cursor !== null && asked < wanted; asked += maxPageSize) {
        const page = await this.#page(cursor, Math.min(wanted - asked, maxPageSize))
        items.push(...page.items)
        cursor = page.nextCursor
      }
      this.items = items
      this.total = first.total
      this.remaining = first.cataloguing?.remaining ?? 0
      this.newer = []
      this.#cursor = cursor
      this.status = 'ready'
    } catch (error) {
      this.problem = error
      this.status = 'failed'
    }
    this.changed()
  }

  async more(): Promise<void> {
    if (this.#cursor === null || this.isLoadingMore) return
    this.isLoadingMore = true
    this.problem = null
    this.changed()
    try {
      const page = await this.#page(this.#cursor)
      const known = new Set(this.items.map(({answerId}) => answerId))
      this.items = [...this.items, ...page.items.filter(({answerId}) => !known.has(answerId))]
      this.#cursor = page.nextCursor
    } catch (error) {
      this.problem = error
    }
    this.isLoadingMore = false
    this.changed()
  }

  /**
   * Looks for answers that are newer than the first, and brings those that are shown up to date. Only a list by time can
   * have new ones at its top. A failure is left to the next time.
   */
  async poll(): Promise<void> {
    const sort = new URLSearchParams(this.query).get('sort')
    if (this.status !== 'ready' || this.#isPolling || (sort !== null && sort !== 'newest')) return
    this.#isPolling = true
    try {
      const page = await this.#page()
      if (this.status !== 'ready') return
      const fresh = new Map(page.items.map((item) => [item.answerId, item]))
      const known = new Set(this.items.map(({answerId}) => answerId))
      this.items = this.items.map((item) => fresh.get(item.answerId) ?? item)
      this.newer = page.items.filter(
        ({answerId}) => !known.has(answerId) && isAfter(this.items, fresh, answerId),
      )
      if (page.total !== null && this.newer.length === 0) this.total = page.total
      this.remaining = page.cataloguing?.remaining ?? 0
      this.changed()
    } catch {
      // The list stays as it is.
    } finally {
      this.#isPolling = false
    }
  }

  /** Shows the new ones; where there may be more than one page of them, the list is loaded anew. */
  async showNewer(): Promise<void> {
    if (this.newer.length >= pageSize) return this.load()
    const added = this.newer.length
    this.items = [...this.newer, ...this.items]
    this.newer = []
    if (this.total !== null) this.total = {...this.total, answers: this.total.answers + added}
    this.changed()
  }

  update(answerId: string, change: Partial<TranscriptItem>): void {
    this.items = this.items.map((item) => (item.answerId === answerId ? {...item, ...change} : item))
    this.changed()
  }

  remove(answerId: string): void {
    const before = this.items.length
    this.items = this.items.filter((item) => item.answerId !== answerId)
    if (this.total !== null && this.items.length < before)
      this.total = {...this.total, answers: this.total.answers - 1}
    this.changed()
  }

  #page(cursor: string | null = null, limit = pageSize): Promise<TranscriptPage> {
    const query = new URLSearchParams(this.query)
    query.set('limit', String(limit))
    if (cursor !== null) query.set('cursor', cursor)
    return this.#api().send<TranscriptPage>(`/transcripts?${query}`)
  }
}

/** Whether an answer of the first page stands before all that are shown: one further down was removed or filled up from below. */
function isAfter(
  shown: readonly TranscriptItem[],
  fresh: ReadonlyMap<string, TranscriptItem>,
  answerId: string,
): boolean {
  const [first] = shown
  return first === undefined || fresh.get(answerId)!.startedAt >= first.startedAt
}

/** The lists that were looked at lately. */
export class TranscriptLists {
  readonly #api: () => Api
  readonly #lists = new Map<string, TranscriptList>()
  /** The one that was looked at last: a transcript's neighbours are those in it. */
  current: TranscriptList | null = null

  constructor(api: () => Api) {
    this.#api = api
  }

  /** The list of a query, as it was left, or a new one that is not loaded yet. */
  open(query: string): TranscriptList {
    const list = this.#lists.get(query) ?? new TranscriptList(this.#api, query)
    this.#lists.delete(query)
    this.#lists.set(query, list)
    while (this.#lists.size > maxLists) this.#lists.delete(this.#lists.keys().next().value!)
    this.current = list
    return list
  }

  update(answerId: string, change: Partial<TranscriptItem>): void {
    for (const list of this.#lists.values()) list.update(answerId, change)
  }

  remove(answerId: string): void {
    for (const list of this.#lists.values()) list.remove(answerId)
  }

  clear(): void {
    this.#lists.clear()
    this.current = null
  }
}

import type {Router} from 'express'
import {DocentError, type SiteUrl} from '../../domain/index.ts'
import {closedGaps} from '../../gaps/index.ts'
import type {CurrentBuild, ServedBuild} from '../../search-index/index.ts'
import type {TranscriptStore} from '../../transcripts/index.ts'
import type {BuildsReader} from '../builds/builds-reader.ts'
import type {Auditor} from './auditor.ts'
import {changesRequestOf, coverageRequestOf, sectionChangeRequestOf} from './docs-schemas.ts'
import type {GapsService} from './gap-routes.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

/** The stored builds of the index. */
export interface BuildRegistry {
  /** Newest first. `isCurrent` is the one that is served; `problem` says why one cannot be used. */
  list(): Promise<
    readonly {readonly id: string; readonly isCurrent: boolean; readonly problem: string | null}[]
  >
  /** What each server serves, where several share a database; else none. @throws DocentError `storage`. */
  servers(): Promise<readonly ServedBuild[]>
  /** Makes a build current. @throws DocentError `not_found`; `conflict` for one that is damaged. */
  activate(buildId: string): Promise<void>
  /** The report of the ingest that made it, as JSON; null where none is kept. */
  report(buildId: string): Promise<string | null>
  /** Where its files are on this machine. @throws DocentError `conflict` if it cannot be read. */
  folder(buildId: string): Promise<string>
}

export interface BuildRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly builds: BuildRegistry
  readonly buildsReader: BuildsReader
  readonly current: CurrentBuild
  readonly transcripts: Pick<TranscriptStore, 'pageFigures' | 'asked'>
  readonly gaps: GapsService
  readonly siteUrl: SiteUrl
}

/** More than any build has. */
const allPages = 1_000_000

/** Adds builds, what changed between them, and what answers make of the pages of the current one. */
export function addBuildRoutes(router: Router, deps: BuildRoutesDeps): void {
  const {staff, auditor, builds, buildsReader, current, transcripts, gaps, siteUrl} = deps

  router.get('/builds', staff.allow('docs'), async (_request, response) => {
    response.json({builds: await builds.list(), servers: await builds.servers()})
  })
  router.get('/builds/:id', staff.allow('docs'), async (request, response) => {
    const id = String(request.params['id'])
    const build = await kept(id)
    const json = await builds.report(id)
    const gapsClosed = await closedGaps(gaps.store, transcripts, id)
    response.json({build, report: json === null ? null : parsedOrNull(json), gapsClosed})
  })
  router.post('/builds/:id/activate', staff.allow('docs'), async (request, response) => {
    const id = String(request.params['id'])
    await builds.activate(id)
    await auditor.note(request, memberOf(response), 'build_activated', {which: id})
    response.json({build: id})
  })
  router.get('/builds/:id/changes', staff.allow('docs'), async (request, response) => {
    const {from, kind = null, cursor, limit} = changesRequestOf(request.query)
    const to = String(request.params['id'])
    const folders = await foldersOf(from, to)
    const {matches, ...found} = await buildsReader.changes({...folders, only: kind, offset: cursor, limit})
    response.json({from, to, ...found, matches, nextCursor: nextOf(cursor, limit, matches)})
  })
  router.get('/builds/:id/changes/section', staff.allow('docs'), async (request, response) => {
    const {from, path, pathBefore = path, anchor} = sectionChangeRequestOf(request.query)
    const to = String(request.params['id'])
    const texts = await buildsReader.section({...(await foldersOf(from, to)), path, pathBefore, anchor})
    if (texts.before === null && texts.after === null)
      throw new DocentError('not_found', 'Neither build has such a section.')
    response.json({from, to, path, anchor, ...texts})
  })

  router.get('/coverage', staff.allow('docs'), async (request, response) => {
    const {from, to, format, cursor, limit, ...query} = coverageRequestOf(request.query, Date.now())
    const figures = await transcripts.pageFigures({from, to})
    if (current.id === null) throw new DocentError('not_ready', 'There is no index yet.')
    const {build, release} = current.lease()
    const {folder, manifest} = build
    try {
      if (format === 'csv') {
        const all = {...query, offset: 0, limit: allPages}
        const csv = await buildsReader.coverageCsv({folder, siteUrl, figures, query: all})
        response.setHeader('content-disposition', 'attachment; filename="coverage.csv"')
        response.type('text/csv').send(csv)
        return
      }
      const coverage = await buildsReader.coverage({
        ...{folder, siteUrl, figures},
        query: {...query, offset: cursor, limit},
      })
      const nextCursor = nextOf(cursor, limit, coverage.matches)
      response.json({build: manifest.id, from, to, ...coverage, nextCursor})
    } finally {
      release()
    }
  })

  async function kept(id: string) {
    const build = (await builds.list()).find((one) => one.id === id)
    if (build === undefined)
      throw new DocentError('not_found', 'This build is not kept any more, or there never was one.')
    return build
  }

  /** @throws DocentError `not_found`; `conflict` for a build that cannot be used. */
  async function foldersOf(from: string, to: string): Promise<{from: string; to: string}> {
    const found = [await kept(from), await kept(to)]
    for (const {id, problem} of found)
      if (problem !== null) throw new DocentError('conflict', `Build ${id} cannot be used: ${problem}`)
    return {from: await builds.folder(from), to: await builds.folder(to)}
  }
}

function nextOf(cursor: number, limit: number, matches: number): string | null {
  return cursor + limit < matches ? String(cursor + limit) : null
}

/** Null for a file that somebody has spoilt: the build is fine without it. */
function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

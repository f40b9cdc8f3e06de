import type {Router} from 'express'
import {DocentError, type SiteUrl, type Source} from '../../domain/index.ts'
import {addressOfFile} from '../../retrieval/index.ts'
import type {
  BuildLease,
  CurrentBuild,
  DifferentLines,
  SectionNow,
  SectionThen,
} from '../../search-index/index.ts'
import type {KeptMaterial, TranscriptStore} from '../../transcripts/index.ts'
import type {BuildsReader} from '../builds/builds-reader.ts'
import {noQuery, parsedQuery} from '../request-schemas.ts'
import type {Auditor} from './auditor.ts'
import {memberOf} from './member.ts'
import type {Staff} from './staff.ts'

export interface MaterialRoutesDeps {
  readonly staff: Staff
  readonly auditor: Auditor
  readonly transcripts: Pick<TranscriptStore, 'get' | 'material'>
  readonly buildsReader: Pick<BuildsReader, 'sections'>
  readonly current: CurrentBuild
  readonly siteUrl: SiteUrl
}

/** A source of an answer, as it was shown and as the docs have it now. */
export interface SourceNow extends Pick<Source, 'n' | 'title' | 'headings' | 'url' | 'anchor'> {
  /** `unknown` where its text was not kept, where staff wrote it, and where the docs cannot be read. */
  readonly state: SectionNow['state'] | 'unknown'
  /** Markdown; null where it was not kept. */
  readonly shown: string | null
  readonly now:
    | (Pick<Source, 'title' | 'headings' | 'anchor'> & {readonly url: string | null; readonly text: string})
    | null
  readonly difference: readonly DifferentLines[] | null
}

const noTranscript = () => new DocentError('not_found', 'There is no such transcript.')

/** Adds what an answer was made of, below `/api/admin`. */
export function addMaterialRoutes(router: Router, deps: MaterialRoutesDeps): void {
  const {staff, auditor, transcripts, buildsReader, current, siteUrl} = deps

  router.get('/transcripts/:answerId/prompt', staff.allow('support'), async (request, response) => {
    parsedQuery(noQuery, request.query)
    const {ref, requests} = await materialOf(String(request.params['answerId']))
    await auditor.before(request, memberOf(response), 'transcript_read', {
      which: ref,
      details: {part: 'prompt'},
    })
    // As it was put together where it was read: it may be long.
    response.type('json').send(`{"requests":${requests}}`)
  })

  router.get('/transcripts/:answerId/sources', staff.allow('support'), async (request, response) => {
    parsedQuery(noQuery, request.query)
    const answerId = String(request.params['answerId'])
    const transcript = await transcripts.get(answerId)
    if (transcript === null) throw noTranscript()
    const subject = {which: transcript.ref, details: {part: 'sources'}}
    await auditor.before(request, memberOf(response), 'transcript_read', subject)
    const {sections} = await materialOf(answerId)
    const {build, sources} = await nowOf(transcript.sources, sections)
    response.json({build, sources})
  })

  async function materialOf(answerId: string): Promise<KeptMaterial> {
    const material = await transcripts.material(answerId)
    if (material === null) throw noTranscript()
    return material
  }

  async function nowOf(
    sources: readonly Source[],
    sections: KeptMaterial['sections'],
  ): Promise<{readonly build: string | null; readonly sources: readonly SourceNow[]}> {
    const byNumber = new Map(sections.map((section) => [section.n, section]))
    const then = sources.flatMap(({n, anchor, headings}): SectionThen[] => {
      const section = byNumber.get(n)
      return section === undefined || section.path === '' ? [] : [{...section, anchor, headings}]
    })
    const lease = then.length === 0 || current.id === null ? null : current.lease()
    try {
      const found = lease === null ? [] : await foundIn(lease, then)
      const now = new Map(found.map((one) => [one.n, one]))
      return {
        build: current.id,
        sources: sources.map(({n, title, headings, url, anchor}) => {
          const {state = 'unknown', now: place = null, difference = null} = now.get(n) ?? {}
          const shown = byNumber.get(n)?.markdown ?? null
          return {
            ...{n, title, headings, url, anchor, state, shown, difference},
            now: place === null || lease === null ? null : placeIn(lease, place),
          }
        }),
      }
    } finally {
      lease?.release()
    }
  }

  async function foundIn(
    {build}: BuildLease,
    sections: readonly SectionThen[],
  ): Promise<readonly SectionNow[]> {
    // An application's own index may have no files.
    const {folder} = build as {readonly folder?: string}
    return folder === undefined ? [] : buildsReader.sections({folder, sections})
  }

  function placeIn({build}: BuildLease, {path, ...place}: NonNullable<SectionNow['now']>): SourceNow['now'] {
    return {...place, url: addressOfFile(build, path, siteUrl)}
  }
}

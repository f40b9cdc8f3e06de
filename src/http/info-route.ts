import type {Router} from 'express'
import type {GeneratorName} from '../domain/index.ts'
import {type CurrentBuild, knownLanguagesOf} from '../search-index/index.ts'
import type {AssistantLook} from './assistant-look.ts'

/** What the server keeps of questions and answers. */
export interface TranscriptsKept {
  readonly keep: 'full' | 'metadata' | 'off'
  /** Days until it is removed; 0 for never. */
  readonly days: number
}

/** What a widget may know before a question is asked. */
export interface Info {
  /** The one that writes the answers, as in each `start`. */
  readonly generator: GeneratorName
  /** The languages of the docs, BCP 47, the one with most pages first; none where that is not known. */
  readonly languages: () => readonly string[]
  readonly assistant: () => AssistantLook
  /** Where a visitor goes for more help; null for nowhere. */
  readonly handOverUrl: string | null
  /** Null where it is not known. */
  readonly transcripts: TranscriptsKept | null
}

/** What `GET /api/info` answers. */
export interface InfoBody {
  readonly generator: GeneratorName
  readonly languages: readonly string[]
  readonly assistant: AssistantLook
  readonly handOver: {readonly url: string} | null
  readonly transcripts: TranscriptsKept | null
}

export function infoOf(info: Info): InfoBody {
  const {generator, languages, assistant, handOverUrl, transcripts} = info
  const handOver = handOverUrl === null ? null : {url: handOverUrl}
  return {generator, languages: languages(), assistant: assistant(), handOver, transcripts}
}

/** Adds `GET /api/info`. */
export function addInfoRoute(router: Router, info: Info): void {
  router.get('/api/info', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.json(infoOf(info))
  })
}

/** The languages of the docs that are served, BCP 47, the one with most pages first; none where that is not known. */
export function languagesOf(current: Pick<CurrentBuild, 'id' | 'lease'>): readonly string[] {
  if (current.id === null) return []
  const lease = current.lease()
  try {
    return knownLanguagesOf(lease.build)
  } finally {
    lease.release()
  }
}

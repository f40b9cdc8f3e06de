import type {Source} from '../../domain/index.ts'
import {cleanLine, cleanText, escapedJson} from '../../lib/clean-text.ts'
import {
  buildFolder,
  currentBuildId,
  openBuildRecords,
  readManifest,
  type SectionNow,
  sectionsNow,
} from '../../search-index/index.ts'
import type {KeptMaterial, Transcript} from '../../transcripts/index.ts'

const stateWords: Readonly<Record<SectionNow['state'], string>> = {
  same: 'the page says the same now',
  changed: 'the page has changed since',
  moved: 'elsewhere in the docs now',
  gone: 'no longer in the docs',
}

const signs = {same: ' ', removed: '-', added: '+'} as const

export interface WantedMaterial {
  readonly prompt?: boolean | undefined
  readonly sources?: boolean | undefined
  readonly json?: boolean | undefined
}

/** The prompts, the sources or both: prompts as JSON, sources as text; with `json` one value of JSON. */
export async function materialText(
  wanted: WantedMaterial,
  dataDir: string,
  transcript: Pick<Transcript, 'sources'>,
  material: KeptMaterial,
): Promise<string> {
  const jsonOf = (value: unknown) => `${escapedJson(JSON.stringify(value, null, 2))}\n`
  const requests = wanted.prompt ? (JSON.parse(material.requests) as unknown) : undefined
  if (!wanted.sources) return jsonOf(requests)
  if (wanted.json) {
    const sources = await sourcesNow(dataDir, transcript, material)
    return jsonOf(wanted.prompt ? {requests, sources} : sources)
  }
  const lines = await sourceLines(dataDir, transcript, material)
  return `${wanted.prompt ? jsonOf(requests) : ''}${lines.join('\n')}\n`
}

/** As `GET /api/admin/transcripts/:id/sources` has them, with the file of a section in place of its address now. */
async function sourcesNow(
  dataDir: string,
  {sources}: Pick<Transcript, 'sources'>,
  material: KeptMaterial,
): Promise<readonly object[]> {
  const found = new Map((await foundIn(dataDir, sources, material)).map((one) => [one.n, one]))
  const kept = new Map(material.sections.map(({n, markdown}) => [n, markdown]))
  return sources.map(({n, title, headings, url, anchor}) => {
    const {state = 'unknown', now = null, difference = null} = found.get(n) ?? {}
    return {n, title, headings, url, anchor, state, shown: kept.get(n) ?? null, now, difference}
  })
}

/** The sources of an answer with what has become of them in the current build of a data folder, and what differs. */
async function sourceLines(
  dataDir: string,
  {sources}: Pick<Transcript, 'sources'>,
  material: KeptMaterial,
): Promise<string[]> {
  if (sources.length === 0) return ['No source was shown.']
  const found = new Map((await foundIn(dataDir, sources, material)).map((one) => [one.n, one]))
  const kept = new Map(material.sections.map((section) => [section.n, section]))
  return sources.flatMap((source) => {
    const now = found.get(source.n)
    const text = kept.get(source.n)?.markdown
    const state =
      now === undefined
        ? text === undefined
          ? 'its text was not kept'
          : 'not compared'
        : stateWords[now.state]
    return [
      `[${source.n}] ${cleanLine([source.title, ...source.headings].join(' › '))}: ${state}${now?.state === 'moved' ? `, in ${cleanLine(now.now!.path)}` : ''}`,
      ...linesOf(now, text),
      '',
    ]
  })
}

function linesOf(now: SectionNow | undefined, text: string | undefined): string[] {
  if (now?.difference)
    return now.difference.flatMap(({kind, lines}) =>
      lines.map((line) => `  ${signs[kind]} ${cleanText(line)}`),
    )
  return text === undefined ? [] : text.split('\n').map((line) => `    ${cleanText(line)}`)
}

async function foundIn(
  dataDir: string,
  sources: readonly Source[],
  {sections}: KeptMaterial,
): Promise<readonly SectionNow[]> {
  const build = await currentBuildId(dataDir)
  if (build === null) return []
  const folder = buildFolder(dataDir, build)
  const records = openBuildRecords(folder, await readManifest(folder))
  try {
    const bySource = new Map(sources.map((source) => [source.n, source]))
    return sectionsNow(
      records,
      sections.flatMap((section) => {
        const source = bySource.get(section.n)
        // A verified answer is on no page.
        if (source === undefined || section.path === '') return []
        return [{...section, anchor: source.anchor, headings: source.headings}]
      }),
    )
  } finally {
    records.close()
  }
}

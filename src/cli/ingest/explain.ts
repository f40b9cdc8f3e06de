import type {ContentSource, SiteUrl} from '../../domain/index.ts'
import {explainSites, type SiteExplanation} from '../../ingestion/index.ts'
import {cleanLine} from '../../lib/clean-text.ts'
import type {GitTokens} from '../../settings/index.ts'
import {printJsonValue, printText} from '../terminal.ts'

interface ExplainOptions {
  readonly sources: readonly ContentSource[]
  readonly gitTokens: GitTokens
  readonly dataDir: string
  readonly siteUrl: SiteUrl
  readonly asJson: boolean
}

/** Prints what was found out about the site of a content folder. Returns the exit code. */
export async function explain({siteUrl, asJson, ...options}: ExplainOptions): Promise<number> {
  const explanations = await explainSites(options.sources, options)
  const [only] = explanations
  if (asJson) printJsonValue(explanations.length === 1 ? only! : explanations)
  else printText(explanations.map((one) => shown(one, explanations.length, siteUrl)).join('\n\n'))
  return 0
}

function shown(explanation: SiteExplanation, count: number, siteUrl: SiteUrl): string {
  const {source, commit, problem} = explanation
  const url = typeof siteUrl === 'string' || siteUrl === null ? siteUrl : (siteUrl[source ?? ''] ?? null)
  const lines = [
    ...(count > 1 ? [`Source ${source}`] : []),
    ...(problem === null ? [] : [`${problem}; this is its last checkout.`]),
    ...explanationText(explanation, url),
    ...(commit === null ? [] : ['', `The repository is at commit ${commit}.`]),
  ]
  return lines.map(cleanLine).join('\n')
}

function explanationText(explanation: SiteExplanation, siteUrl: string | null): string[] {
  const {
    content,
    project,
    roots,
    routeEnd,
    languages,
    versions,
    files,
    pages,
    outside,
    setAside,
    otherSites,
    examples,
  } = explanation
  const base = siteUrl?.replace(/\/+$/, '') ?? ''
  return [
    generatorLine(explanation),
    `  content    ${content}${project === content ? '' : `, in the project ${project}`}`,
    ...roots.map(
      ({path, base: start}, n) => `  ${n === 0 ? 'pages in ' : '         '}  ${path}, at ${start}`,
    ),
    `  routes     end as in ${routeEnd}`,
    ...(Object.keys(languages.found).length > 0
      ? [
          `  languages  ${counted(languages.found)}${languages.default ? `; ${languages.default} is the default` : ''}`,
        ]
      : []),
    ...(Object.keys(versions.found).length > 0
      ? [`  versions   ${counted(versions.found)}; current: ${versions.current ?? 'pages without a version'}`]
      : []),
    files === 0
      ? '  files      none that ends in .md, .mdx or .markdown'
      : `  files      ${files}: ${pages} ${pages === 1 ? 'page' : 'pages'}, ${files - pages} set aside`,
    ...(outside > 0
      ? [`             ${outside} in no folder of pages: the site may not have their addresses`]
      : []),
    ...Object.entries(setAside).map(([reason, count]) => `             ${count}: ${reason}`),
    ...(otherSites === null ? [] : ['', otherSites.replace(/^./, (letter) => letter.toUpperCase())]),
    '',
    ...examples.map(({path, url}) => `  ${path}\n    ${/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : base + url}`),
    ...(siteUrl === null ? ['', 'SITE_URL is not set, so sources link to this server’s own /docs.'] : []),
    ...(explanation.isGiven ? [] : ['', howToSet(explanation)]),
  ].flatMap((line) => line.split('\n'))
}

function generatorLine({generator, foundIn, isGiven}: SiteExplanation): string {
  if (generator.name === 'plain' && !isGiven)
    return 'No site generator that Docent knows was found. The routes of your site are not known: addresses are the paths of the files.'
  const why = foundIn === null ? '' : `, by ${foundIn}`
  return `${generator.name === 'plain' ? 'No site generator' : generator.title}${isGiven ? ', as set' : ''}${why}.`
}

function howToSet({known}: SiteExplanation): string {
  return `If that is wrong, set SITE_GENERATOR or --site to one of ${known.join(', ')}.`
}

/** `en 120, de 118`. */
function counted(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).slice(0, 40)
  const more = Object.keys(counts).length - shown.length
  return shown.map(([name, count]) => `${name} ${count}`).join(', ') + (more > 0 ? `, ${more} more` : '')
}

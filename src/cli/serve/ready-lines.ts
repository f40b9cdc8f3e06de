import {sourceShown} from '../../domain/index.ts'
import {howToRun} from '../../package/index.ts'
import {buildFormat, type CurrentBuild} from '../../search-index/index.ts'
import type {DocentServer} from '../../server/index.ts'
import type {Settings} from '../../settings/index.ts'

/** What an operator needs to know when the server is ready. */
export function readyLines(
  {embedder, generator, current, http}: DocentServer,
  url: string,
  settings: Settings,
): string[] {
  const {adminToken, docsToken, supportToken} = settings
  const hasTokens = adminToken !== null || docsToken !== null || supportToken !== null
  const lines = [
    '',
    `Docent is ready: ${url}/`,
    hasTokens
      ? `Console:         ${url}/console (sign in with a staff token)`
      : `Console:         ${url}/console?token=${http.staff.issueOneTimeToken()} (works once, for half an hour)`,
    `Index:           ${current.id ?? 'none'} of ${settings.sources.map(sourceShown).join(',')}`,
    `Embedding model: ${embedder.name}, ${embedder.dimensions} dimensions (${settings.embeddingModel === null ? 'the one in models/' : 'EMBEDDING_MODEL'})`,
    `Generator:       ${generator.name}. ${generator.describe()}`,
  ]
  if (isOfEarlierFormat(current)) {
    lines.push(
      `Update:          an earlier version made this index. It is served until the next ingest has made it anew: ${howToRun('ingest')}`,
    )
  }
  if (settings.trustProxy === null) {
    lines.push(
      'Limits:          by address. Behind a proxy set TRUST_PROXY, or all visitors share the limits of one.',
    )
  }
  return lines
}

function isOfEarlierFormat(current: CurrentBuild): boolean {
  if (current.id === null) return false
  const {build, release} = current.lease()
  release()
  return build.manifest.format < buildFormat
}

export type {ForSources} from './content-sources.ts'
export type {GitTokens} from './git-tokens.ts'
export {
  buildsDatabaseOf,
  describeSettings,
  gitEnvironment,
  isGitHubActions,
  loadSettings,
  type Settings,
  workspaceFolder,
} from './settings.ts'

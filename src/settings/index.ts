export {describeSettings, isGitHubActions, loadSettings, type Settings, workspaceFolder} from './settings.ts'

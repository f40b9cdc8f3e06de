export {describeSettings, isGitHubActions, loadSettings, type Settings} from './settings.ts'

export {describeSettings, loadSettings, type Settings} from './settings.ts'

import {locateSource} from '../../src/sources/locate.ts'

/** Fetches one repository in a process that can be killed. Arguments: its address and the data folder. */
const [url, dataDir] = process.argv.slice(2)
const environment = {PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null'}
await locateSource(
  {kind: 'repository', name: 'guide', url: url!, branch: null, folder: '', generator: null},
  {dataDir: dataDir!, access: () => ({environment, token: null})},
)
